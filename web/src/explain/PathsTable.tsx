import type { CurrencyPaths, OwnerPath, OwnerPaths } from '../api/types';
import { useCalled, useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { halfOpen, monthName } from '../format/dates';
import { count, exact, money, percent } from '../format/format';
import { withValue } from '../query/group';
import { MoneyCell, ShareCell, Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { reasonOf } from './LineWhy';
import { Near } from './Near';

const NAME_MOST = 40;

interface PathsTableProps {
  found: OwnerPaths;
  part: CurrencyPaths;
}

/** Each path with its rule in its own words; a row leads to the bill lines that came by it. */
export function PathsTable({ found, part }: PathsTableProps) {
  const { currency, rest, beside } = part;
  const called = useCalled();
  const nameOf = (path: OwnerPath) => path.pool ?? called(found.dimension.name, path.value);
  const columns = columnsOf(currency, found.dimension.label, nameOf);
  const left = rest.count > 0 ? `${count(rest.count)} more make ${money(rest.amount)}; the export has them` : undefined;
  return (
    <>
      <DataTable
        caption={`Paths, in ${currency}`}
        columns={columns}
        rows={part.paths}
        rowKey={keyOfPath}
        footers={[{ value: 'Total', amount: money(part.total) }]}
        textOf={(path) => `${withValue(nameOf(path), path.value)} ${path.rule ?? ''}`}
        note={left}
      />
      {beside.length > 0 && (
        <>
          <h3>What pools pass on of it</h3>
          <p className="muted">Adds nothing: the figure above is before shared cost, and what one gives others get.</p>
          <DataTable caption={`Passed on, in ${currency}`} columns={columns} rows={beside} rowKey={keyOfPath} />
        </>
      )}
    </>
  );
}

function keyOfPath(path: OwnerPath): string {
  return JSON.stringify([
    path.kind,
    path.value,
    path.layer,
    path.rule,
    path.reason,
    path.rules_version,
    path.pool,
    path.query,
  ]);
}

function columnsOf(currency: string, label: string, nameOf: (path: OwnerPath) => string): TableColumn<OwnerPath>[] {
  return [
    { id: 'value', header: label, cell: (path) => <Owner path={path} name={nameOf(path)} /> },
    {
      id: 'amount',
      header: `Cost, ${currency}`,
      numeric: true,
      narrow: true,
      cell: ({ amount }) => <MoneyCell amount={amount} />,
    },
    { id: 'share', header: 'Share', numeric: true, cell: ({ share }) => <ShareCell share={share} /> },
    { id: 'by', header: 'By', narrow: true, cell: (path) => <By path={path} /> },
  ];
}

function Owner({ path, name }: { path: OwnerPath; name: string }) {
  const shown = <Shortened text={name} most={NAME_MOST} />;
  if (path.query === null) return shown;
  return (
    <Link
      row
      path="/explore"
      text={`${path.query}&by=${path.kind === 'direct' ? 'resource&tab=lines' : 'service'}`}
      className={path.kind === 'direct' && path.value === null ? 'name-link missing' : 'name-link'}
    >
      {shown}
    </Link>
  );
}

/** The rule or the pool in its own words, and what is around it. */
function By({ path }: { path: OwnerPath }) {
  return (
    <div className="path-by">
      {byWhat(path)}
      {path.days && <span className="muted">, {halfOpen(path.days)}</span>}
      {path.closed.length > 0 && <span className="badge">closed: {path.closed.map(monthName).join(', ')}</span>}
      {path.condition && <p className="why-rule">{path.condition}</p>}
      {path.note && <p className="muted">{path.note}</p>}
      {path.moves.length > 0 && <Moves path={path} />}
      {path.near.length > 0 && <Near near={path.near} />}
    </div>
  );
}

function byWhat({ kind, rule, layer, line, reason, rules_version }: OwnerPath): string {
  const place = line === null ? '' : `, line ${line}`;
  const known = rules_version === 0 ? '' : `, rules v${rules_version}`; // 0: there are none yet
  const version = rules_version === null ? ', by several versions' : known;
  if (kind !== 'direct') return `by ${kind}${place}${version}`;
  if (layer === 'unallocated') {
    const asked = rule === null ? '' : ` (“${rule}”${place})`;
    return `${reasonOf(reason, layer)}${asked}${version}`;
  }
  const why = reason === null ? '' : `, for ${reasonOf(reason, layer)}`;
  return rule === null ? `by ${layer}${why}${version}` : `by ${layer} “${rule}”${place}${version}`;
}

function Moves({ path }: { path: OwnerPath }) {
  const teamName = useTeamName();
  const more = path.moves_count - path.moves.length;
  const name = (team: string | null) => (team === null ? 'nobody' : teamName(team));
  return (
    <ul className="path-moves">
      {path.moves.map(({ from_team, team, gives, amount, of_given, rules_version }) => (
        <li key={JSON.stringify([from_team, team, gives, rules_version])}>
          {gives ? `to ${name(team)}, from ${name(from_team)}` : `from ${name(from_team)}, to ${name(team)}`}:{' '}
          <data value={amount} title={exact(amount)} className="num">
            {money(amount)}
          </data>
          {of_given !== null && <span className="muted">, {percent(of_given)} of what is given</span>}
        </li>
      ))}
      {more > 0 && <li className="muted">{count(more)} more; the export has them</li>}
    </ul>
  );
}
