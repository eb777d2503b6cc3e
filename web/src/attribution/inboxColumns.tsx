import type * as schema from '../api/schema';
import { Called } from '../app/Called';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { count, wholePercent } from '../format/format';
import { parseAddress } from '../query/address';
import { DEFAULTS, printQuery } from '../query/query';
import { SAID as ANSWERED, type Question } from '../requests/ask';
import { Shortened } from '../table/cells';
import type { TableColumn } from '../table/DataTable';
import { teamPath, UNALLOCATED } from '../teams/questions';
import { type Act, actsOf } from './acts';
import { Costs } from './Costs';

const NAME_MOST = 44;
const WHERE_MOST = 28;
const SHOWN = 2; // owners, and reasons of each
export type Group = schema.UnallocatedGroup;
type Found = Pick<schema.Unallocated, 'month' | 'kind'>;

export function columnsOf(
  { month, kind }: Found,
  act: (what: Act, rows: readonly Group[]) => void,
  questions: readonly Question[],
): TableColumn<Group>[] {
  const owners = (row: Group) => <Likely group={row} asked={questions.filter(({ group }) => group === row.id)} />;
  const verbs = (row: Group) => <Verbs group={row} kind={kind} act={act} />;
  const said = kind === 'unallocated' ? null : kind === 'excluded' ? REASON : NOW;
  return [
    {
      id: 'what',
      header: 'What',
      cell: (row) => (
        <span className="two-lines group-what">
          <Link row path="/explore" text={linesOf(row, month)} className="name-link" title={nameOf(row)}>
            <Shortened text={narrowest(row)?.value ?? ''} most={NAME_MOST} />
          </Link>
          <Where group={row} />
          <span className="phone-only">
            {said?.cell(row)}
            {owners(row)}
            {verbs(row)}
          </span>
        </span>
      ),
    },
    ...(said ? [said] : []),
    { id: 'cost', header: 'Effective cost', numeric: true, narrow: true, cell: ({ cost }) => <Costs cost={cost} /> },
    { id: 'owner', header: 'Likely owner', cell: owners },
    { id: 'verbs', header: 'Do', cell: verbs },
  ];
}

/** What kind of thing it is, where it lies, and how much of it there is. */
function Where({ group }: { group: Group }) {
  const around = group.signature.slice(0, -1).reverse();
  return (
    <span className="muted small">
      {spoken(narrowest(group)?.column ?? '')}
      {around.map(({ column, value }) => (
        <span key={column}>
          {' '}
          in {spoken(column)} <Shortened text={value} most={WHERE_MOST} />
        </span>
      ))}
      {' · '}
      {count(group.lines)} {group.lines === 1 ? 'line' : 'lines'}, {count(group.resources)}{' '}
      {group.resources === 1 ? 'resource' : 'resources'}
    </span>
  );
}

/** The narrowest part: accounts are alike, what lies in them is not. */
function narrowest({ signature }: Pick<Group, 'signature'>) {
  return signature[signature.length - 1];
}

function spoken(column: string): string {
  return column.replace(/^tag\./, 'tag ').replaceAll('_', ' ');
}

const NOW: TableColumn<Group> = {
  id: 'now',
  header: 'Owner now',
  cell: ({ owner, reason }) => (
    <span className="two-lines">
      {owner ? (
        <Link path={teamPath(owner)}>
          <Called value={owner} />
        </Link>
      ) : (
        '–'
      )}
      <span className="muted small">{/^by /.test(reason ?? '') ? reason : reason && `by rule ${reason}`}</span>
    </span>
  ),
};

const REASON: TableColumn<Group> = {
  id: 'reason',
  header: 'Reason',
  cell: ({ reason }) => reason ?? '–',
};

/** All of it, the narrowest part first. */
export function nameOf({ signature }: Pick<Group, 'signature'>): string {
  return signature
    .map(({ value }) => value)
    .reverse()
    .join(' · ');
}

function linesOf(group: Group, month: string): string {
  const filters = parseAddress(group.where.join('&')).query.where;
  const owned = filters.some(({ dimension }) => dimension === 'team') ? filters : [...filters, UNALLOCATED];
  const where = [...owned, filterFor('allocation', 'direct')]; // pools give it away after it had no owner
  return `${printQuery({ ...DEFAULTS, period: month, by: ['resource'], where })}&tab=lines`;
}

function Likely({ group, asked }: { group: Group; asked: readonly Question[] }) {
  if (group.suggestions.length === 0 && asked.length === 0) return <>–</>;
  return (
    <ul className="coverage likely">
      {group.suggestions.slice(0, SHOWN).map(({ team, certainty, evidence }) => (
        <li key={team}>
          <strong>
            <Called value={team} />
          </strong>{' '}
          <span className="badge">{wholePercent(certainty)}</span>
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
          Asked <Called value={team} />: {ANSWERED[state]} {reason && `“${reason}”`}
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
  rule: 'rule',
  catalogue: 'catalogue, rule',
  ended: 'team',
};

interface VerbsProps {
  group: Group;
  kind: Found['kind'];
  act: (what: Act, rows: readonly Group[]) => void;
}

function Verbs({ group, kind, act }: VerbsProps) {
  return (
    <span className="verbs">
      {actsOf(kind).map(({ id, label }) => (
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
