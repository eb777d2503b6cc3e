import { useState } from 'react';
import type * as schema from '../api/schema';
import { useAddress } from '../app/address';
import { useTeamName } from '../app/Called';
import { NothingLoaded } from '../app/NothingLoaded';
import { monthName } from '../format/dates';
import { count } from '../format/format';
import { useQuestions, useQuestionsAbout } from '../requests/ask';
import { QuestionList } from '../requests/Questions';
import { DataTable } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import type { Rules } from '../teams/ask';
import { late } from '../ui/late';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { type Act, actsOf } from './acts';
import { useUnallocated } from './ask';
import { Costs } from './Costs';
import { InboxHead, Shares } from './InboxHead';
import { columnsOf, type Group, nameOf } from './inboxColumns';
import { askedText, type InboxPlace, parseInbox, printInbox } from './inboxPlace';
import { Question } from './Question';

// A dialog is fetched when one opens.
const Verb = late(() => import('./Verb'));

interface Doing {
  act: Act;
  groups: readonly Group[];
  done: () => void;
}

/** Cost that nobody owns, or somebody doubtfully, in groups that one rule could own, with likely owners and verbs. */
export function InboxTab({ live }: { live: Rules }) {
  const { view, go } = useAddress();
  const place = parseInbox(view.sel);
  const asked = askedText(place);
  const found = useUnallocated(asked);
  const ownerName = useTeamName();
  const questioned = (useQuestions().data?.pages[0]?.questions ?? []).length > 0;
  const questions = useQuestionsAbout(found.data?.groups.map(({ id }) => id) ?? []).data ?? [];
  const [doing, setDoing] = useState<Doing | null>(null);
  const move = (change: Partial<InboxPlace>) => go({ view: { sel: printInbox({ ...place, ...change }) } });
  if (found.error && !found.data) return <Failure error={found.error} what="The inbox" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={8} />;
  const { groups, month } = found.data;
  const act = (what: Act, rows: readonly Group[], done = () => {}) => setDoing({ act: what, groups: rows, done });
  const parts =
    place.order === 'owner'
      ? found.data.owners.map((owner) => ({
          title: owner.team === null ? 'Nobody thought of' : ownerName(owner.team),
          owner,
          rows: groups.filter(({ suggestions }) => (suggestions[0]?.team ?? null) === owner.team),
        }))
      : [{ title: '', owner: null, rows: groups }];
  return (
    <>
      {place.groups.length > 0 && (
        <Question
          team={place.team}
          ids={place.groups}
          groups={groups}
          live={live}
          onAct={act}
          onAll={() => move({ groups: [], team: '' })}
        />
      )}
      <Panel title={titleOf(found.data)} note={<Costs cost={found.data.totals} />}>
        <Shares found={found.data} />
        <InboxHead place={place} text={asked} onMove={move} />
        {groups.length === 0 ? (
          <Nothing found={found.data} />
        ) : (
          parts
            .filter(({ rows }) => rows.length > 0)
            .map(({ title, owner, rows }) => (
              <section key={title} aria-label={title || 'Groups'}>
                {owner && (
                  <h3 className="part-title">
                    {title}{' '}
                    <span className="muted small">
                      {count(owner.groups)} {owner.groups === 1 ? 'group' : 'groups'}, <Costs cost={owner.cost} />
                    </span>
                  </h3>
                )}
                <DataTable
                  caption={title ? `${CAPTIONS[place.kind]}, likely of ${title}` : CAPTIONS[place.kind]}
                  columns={columnsOf(found.data, act, questions)}
                  rows={rows}
                  rowKey={({ id, owner: now }) => `${id} ${now ?? ''}`}
                  textOf={nameOf}
                  select={{
                    can: () => true,
                    name: nameOf,
                    actions: (chosen, clear) => (
                      <span className="verbs">
                        {actsOf(place.kind).map(({ id, label }) => (
                          <button
                            key={id}
                            type="button"
                            className="button small"
                            onClick={() => act(id, chosen, clear)}
                          >
                            {label}…
                          </button>
                        ))}
                      </span>
                    ),
                  }}
                  note={found.data.more > 0 && !owner ? `${count(found.data.more)} smaller groups more` : undefined}
                />
              </section>
            ))
        )}
        {month && groups.length > 0 && NOTES[place.kind] && <p className="table-note">{NOTES[place.kind]}</p>}
      </Panel>
      {questioned && (
        <Panel title="Questions" note="newest first" tools={<FileMenu of="questions" text="" />}>
          <QuestionList />
        </Panel>
      )}
      {doing && (
        <Verb
          key={`${doing.act} ${doing.groups.map(({ id }) => id).join()}`}
          act={doing.act}
          kind={place.kind}
          groups={doing.groups}
          live={live}
          claim={place.team}
          denied={questions.filter(({ state }) => state === 'not_ours')}
          onDone={doing.done}
          onClose={() => setDoing(null)}
        />
      )}
    </>
  );
}

const CAPTIONS = {
  unallocated: 'Cost without an owner',
  doubtful: 'Cost with a doubtful owner',
  contradicted: 'Cost whose owner is contradicted',
  excluded: 'Cost without an owner on purpose',
} as const;

const NOTES: Partial<Record<schema.Unallocated['kind'], string>> = {
  doubtful: 'Doubtful: the owner comes from the default, or from the name of an account or a resource.',
  contradicted:
    'Contradicted: what else is known of the resource, beside what the rule read, speaks for another team. An override settles it.',
};

function titleOf({ kind, month }: schema.Unallocated): string {
  const said = {
    unallocated: 'Without an owner',
    doubtful: 'With a doubtful owner',
    contradicted: 'With an owner that is contradicted',
    excluded: 'Excluded',
  }[kind];
  return `${said}, ${month ? monthName(month) : 'no month'}`;
}

/** Empty is the goal. */
function Nothing({ found }: { found: schema.Unallocated }) {
  const { month, kind, shares } = found;
  if (shares.length === 0) return <NothingLoaded>Cost that nobody owns is listed here.</NothingLoaded>;
  if (kind === 'doubtful') return <Empty title={`No owner of ${monthName(month)} is doubtful`} />;
  if (kind === 'contradicted') return <Empty title={`Nothing contradicts an owner of ${monthName(month)}`} />;
  if (kind === 'excluded') return <Empty title="Nothing is excluded" />;
  return <Empty title={`All of ${monthName(month)} is owned`}>Limit {shares[0]?.limit} %.</Empty>;
}
