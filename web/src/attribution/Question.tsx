import { useMemo, useState } from 'react';
import { useTeamName } from '../app/Called';
import { moment } from '../format/dates';
import { useAction } from '../jobs/follow';
import { type Question as Kept, SAID, useQuestionsAbout } from '../requests/ask';
import type { Rules } from '../teams/ask';
import { Panel } from '../ui/States';
import type { Act } from './acts';
import { type Group, nameOf } from './inboxColumns';

interface QuestionProps {
  team: string; // who is asked
  ids: readonly string[]; // of the groups, those too that have an owner by now
  groups: readonly Group[];
  live: Rules;
  onAct: (act: Act, groups: readonly Group[]) => void;
  onAll: () => void;
}

/** What a link of *Ask* opens: exactly these groups, the question whose they are, and what was answered. */
export function Question({ team, ids, groups, live, onAct, onAll }: QuestionProps) {
  const name = useTeamName();
  const kept = useQuestionsAbout(ids, team).data ?? [];
  const open = kept.filter(({ state }) => state === 'open').map(({ id }) => id);
  return (
    <Panel
      title={team ? `Is this of ${name(team)}?` : 'Whose is this?'}
      tools={
        <button type="button" className="button quiet" onClick={onAll}>
          The whole inbox
        </button>
      }
    >
      {groups.length === 0 ? <p>It has an owner by now.</p> : <p>{groups.map(nameOf).join('; ')}</p>}
      <Answers kept={kept} />
      {groups.length > 0 && (
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
            Ask another team…
          </button>
        </div>
      )}
      {open.length > 0 && <Deny key={open.join()} questions={open} />}
    </Panel>
  );
}

/** What was answered to each that has an answer. */
export function Answers({ kept }: { kept: readonly Kept[] }) {
  const answered = kept.filter(({ state }) => state !== 'open');
  if (answered.length === 0) return null;
  return (
    <ul className="coverage" aria-label="Answers">
      {answered.map((one) => (
        <li key={one.id}>
          {nameOf(one)} <span className="badge">{SAID[one.state]}</span> {one.reason && <>“{one.reason}” </>}
          <span className="muted small">
            {one.answered_at && moment(one.answered_at)} by {one.answered_by}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Says no, and why: the team is not asked about these groups again. */
function Deny({ questions }: { questions: readonly string[] }) {
  const [reason, setReason] = useState('');
  const body = useMemo(() => ({ questions, reason }), [questions, reason]);
  const deny = useAction('POST', '/questions/answer', body);
  const empty = reason.trim() === '';
  return (
    <form
      className="request-turn"
      onSubmit={(event) => {
        event.preventDefault();
        if (!empty) deny.run();
      }}
    >
      <label className="request-reason">
        Why it is not
        <input className="input" value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} />
      </label>
      <button type="submit" className="button" disabled={deny.busy || empty} title={empty ? 'Say why' : undefined}>
        Not ours
      </button>
      {deny.error && (
        <p role="alert" className="bad-text">
          {deny.error.message}
        </p>
      )}
    </form>
  );
}
