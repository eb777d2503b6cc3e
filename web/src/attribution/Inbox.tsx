import { useState } from 'react';
import { write } from '../api/client';
import type * as schema from '../api/schema';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { monthName } from '../format/dates';
import { count, percent } from '../format/format';
import { parseAddress } from '../query/address';
import { DEFAULTS, printQuery } from '../query/query';
import { Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import type { Texts } from '../teams/named';
import { UNALLOCATED } from '../teams/questions';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { useUnallocated } from './ask';
import { Costs } from './Org';
import type { Draft } from './useDraft';

const NAME_MOST = 44;
const SHOWN = 2; // owners, and reasons of each
type Group = schema.UnallocatedGroup;

/** Cost that nobody owns, in groups that one rule could own, with likely owners and why they are likely. */
export function InboxTab({ draft }: { draft: Draft }) {
  const found = useUnallocated();
  if (found.error && !found.data) return <Failure error={found.error} what="The inbox" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={8} />;
  const { groups, month, more, totals } = found.data;
  return (
    <Panel title={`Without an owner, ${month ? monthName(month) : 'no month'}`} note={<Costs cost={totals} />}>
      {groups.length === 0 ? (
        <Empty title={month ? `All of ${monthName(month)} is owned` : 'Nothing is loaded yet'} />
      ) : (
        <DataTable
          caption="Cost without an owner"
          columns={columnsOf(month, draft)}
          rows={groups}
          rowKey={({ where }) => where.join('\u0000')}
          textOf={nameOf}
          note={more > 0 ? `${count(more)} smaller groups more` : undefined}
        />
      )}
    </Panel>
  );
}

function columnsOf(month: string, draft: Draft): TableColumn<Group>[] {
  return [
    {
      id: 'what',
      header: 'What',
      cell: (row) => (
        <span className="two-lines">
          <Link row path="/explore" text={linesOf(row, month)} className="name-link" title={nameOf(row)}>
            <Shortened text={nameOf(row)} most={NAME_MOST} />
          </Link>
          <span className="muted small">
            {row.signature.map(({ column }) => column.replaceAll('_', ' ')).join(', ')} · {count(row.lines)} lines,{' '}
            {count(row.resources)} resources
          </span>
        </span>
      ),
    },
    { id: 'cost', header: 'Effective cost', numeric: true, narrow: true, cell: ({ cost }) => <Costs cost={cost} /> },
    { id: 'assign', header: 'Assign', narrow: true, cell: (row) => <Assign group={row} draft={draft} /> },
    { id: 'owner', header: 'Likely owner', cell: (row) => <Likely group={row} /> },
  ];
}

/** The narrowest part first: accounts are alike, what lies in them is not. */
export function nameOf({ signature }: Pick<Group, 'signature'>): string {
  return signature
    .map(({ value }) => value)
    .reverse()
    .join(' · ');
}

function linesOf({ where }: Group, month: string): string {
  const filters = parseAddress(where.join('&')).query.where;
  const owned = filters.some(({ dimension }) => dimension === 'team') ? filters : [...filters, UNALLOCATED];
  return `${printQuery({ ...DEFAULTS, period: month, by: ['resource'], where: owned })}&tab=lines`;
}

function Likely({ group }: { group: Group }) {
  if (group.suggestions.length === 0) return <>–</>;
  return (
    <ul className="coverage likely">
      {group.suggestions.slice(0, SHOWN).map(({ team, certainty, evidence }) => (
        <li key={team}>
          <strong>{team}</strong> <span className="badge">{percent(certainty)}</span>
          <br />
          <span className="muted small">
            {evidence
              .slice(0, SHOWN)
              .map(({ text, percent: share }) => `${text} (${percent(share)})`)
              .join('; ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Drafts the rule that would own the group; it is previewed and published on the tab of rules. */
function Assign({ group, draft }: { group: Group; draft: Draft }) {
  const { go } = useAddress();
  const [team, setTeam] = useState(group.suggestions[0]?.team ?? '');
  const [error, setError] = useState<Error | null>(null);
  const assign = () =>
    write<Texts>('POST', '/unallocated/draft', { team, signature: group.signature })
      .then((texts) => {
        draft.take(texts);
        go({ view: { tab: '', sel: '' } });
      })
      .catch(setError);
  return (
    <form
      className="assign"
      onSubmit={(event) => {
        event.preventDefault();
        if (team) assign();
      }}
    >
      <input
        className="input"
        aria-label={`Team for ${nameOf(group)}`}
        placeholder="team"
        size={10}
        value={team}
        onChange={(event) => setTeam(event.target.value)}
      />
      <button
        type="submit"
        className="button small"
        disabled={team === '' || draft.changed}
        title={draft.changed ? 'Publish or discard the draft first' : undefined}
      >
        Draft
      </button>
      {error && (
        <span role="alert" className="bad-text small">
          {error.message}
        </span>
      )}
    </form>
  );
}
