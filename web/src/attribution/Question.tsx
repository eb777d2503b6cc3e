import type { Rules } from '../teams/ask';
import { Panel } from '../ui/States';
import { type Group, nameOf } from './inboxColumns';
import type { Act } from './Verb';

interface QuestionProps {
  team: string; // who is asked
  groups: readonly Group[];
  live: Rules;
  onAct: (act: Act, groups: readonly Group[]) => void;
  onAll: () => void;
}

/** What a link of *Ask* opens: exactly these groups, and the question whose they are. */
export function Question({ team, groups, live, onAct, onAll }: QuestionProps) {
  return (
    <Panel
      title={team ? `Is this of ${team}?` : 'Whose is this?'}
      tools={
        <button type="button" className="button quiet" onClick={onAll}>
          The whole inbox
        </button>
      }
    >
      {groups.length === 0 ? (
        <p>It has an owner by now.</p>
      ) : (
        <>
          <p>{groups.map(nameOf).join('; ')}</p>
          <div className="tools">
            <button
              type="button"
              className="button primary"
              disabled={!live.writable}
              onClick={() => onAct('assign', groups)}
            >
              It is ours…
            </button>
            <button type="button" className="button" onClick={() => onAct('ask', groups)}>
              Not ours: ask another team…
            </button>
          </div>
        </>
      )}
    </Panel>
  );
}
