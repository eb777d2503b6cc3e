import type * as schema from '../api/schema';
import { Link } from '../app/Link';
import { count, wholePercent } from '../format/format';
import { parseAddress } from '../query/address';
import { DEFAULTS, printQuery } from '../query/query';
import { SAID as ANSWERED, type Question } from '../requests/ask';
import { Shortened } from '../table/cells';
import type { TableColumn } from '../table/DataTable';
import { teamPath, UNALLOCATED } from '../teams/questions';
import { Costs } from './Org';
import { ACTS, type Act } from './Verb';

const NAME_MOST = 44;
const SHOWN = 2; // owners, and reasons of each
export type Group = schema.UnallocatedGroup;
type Found = Pick<schema.Unallocated, 'month' | 'kind'>;

export function columnsOf(
  { month, kind }: Found,
  act: (what: Act, rows: readonly Group[]) => void,
  questions: readonly Question[],
): TableColumn<Group>[] {
  const columns: TableColumn<Group>[] = [
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
    {
      id: 'owner',
      header: 'Likely owner',
      cell: (row) => <Likely group={row} asked={questions.filter(({ group }) => group === row.id)} />,
    },
  ];
  if (kind !== 'unallocated') columns.splice(1, 0, kind === 'doubtful' ? NOW : REASON);
  return [...columns, { id: 'verbs', header: 'Do', narrow: true, cell: (row) => <Verbs group={row} act={act} /> }];
}

const NOW: TableColumn<Group> = {
  id: 'now',
  header: 'Owner now',
  narrow: true,
  cell: ({ owner, reason }) => (
    <span className="two-lines">
      {owner ? <Link path={teamPath(owner)}>{owner}</Link> : '–'}
      <span className="muted small">{reason}</span>
    </span>
  ),
};

const REASON: TableColumn<Group> = {
  id: 'reason',
  header: 'Reason',
  narrow: true,
  cell: ({ reason }) => reason ?? '–',
};

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

function Likely({ group, asked }: { group: Group; asked: readonly Question[] }) {
  if (group.suggestions.length === 0 && asked.length === 0) return <>–</>;
  return (
    <ul className="coverage likely">
      {group.suggestions.slice(0, SHOWN).map(({ team, certainty, evidence }) => (
        <li key={team}>
          <strong>{team}</strong> <span className="badge">{wholePercent(certainty)}</span>
          <br />
          <span className="muted small">
            {evidence
              .slice(0, SHOWN)
              .map(({ kind, text, percent: share }) => `${SAID[kind] ?? kind} ${text} (${wholePercent(share)})`)
              .join('; ')}
          </span>
        </li>
      ))}
      {asked.map(({ id, team, state, reason }) => (
        <li key={id} className="muted small">
          Asked {team}: {ANSWERED[state]} {reason && `“${reason}”`}
        </li>
      ))}
    </ul>
  );
}

const SAID: Record<string, string> = {
  tag: 'tag',
  spelling: 'spelling:',
  resource_group: 'resource group',
  name: 'named like',
  creator: 'made by',
  account: 'account',
  network: 'network',
  service: 'service',
};

function Verbs({ group, act }: { group: Group; act: (what: Act, rows: readonly Group[]) => void }) {
  return (
    <span className="verbs">
      {ACTS.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          className="button small"
          aria-label={`${label} ${nameOf(group)}`}
          onClick={() => act(id, [group])}
        >
          {label}
        </button>
      ))}
    </span>
  );
}
