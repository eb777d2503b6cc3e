import type { ReactNode } from 'react';
import type { MoveTable } from '../api/client';
import { Called, useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { monthEnd, monthName } from '../format/dates';
import { count } from '../format/format';
import { keyOf } from '../query/group';
import { type CostQuery, DEFAULTS, type Filter, printQuery } from '../query/query';
import { MoneyCell, Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import type { Preview } from './ask';
import { type Cell, isOf, type Move } from './Matrix';
import { Taken } from './Taken';

type ServiceMove = Preview['by_service'][number];
type ResourceMove = Preview['by_resource'][number];
type PoolMove = Preview['by_pool'][number];
type MonthMove = Preview['by_month'][number];

const NAME_MOST = 48;

interface MovedProps {
  found: Pick<Preview, 'by_service' | 'by_pool' | 'taken' | 'by_resource' | 'by_month' | 'left_out'>;
  cell: Cell | null; // of this cell alone
  onAll: () => void;
  file: MoveFile;
}

/** The files of a table of moves; `name` is the table's. */
export type MoveFile = (table: MoveTable, name: string) => ReactNode;

/** What a table of moves is about, and its files. */
export function MoveHead({ table, name, file }: { table: MoveTable; name: string; file: MoveFile }) {
  return (
    <header className="with-tool">
      <h3>{name}</h3>
      {file(table, name.toLowerCase())}
    </header>
  );
}

/** The rows behind the matrix, or behind one cell of it: by service, leading to their lines, and by month. */
export function Moved({ found, cell, onAll, file }: MovedProps) {
  const months = monthsOf(found.by_month);
  const of = <T extends Move>(moves: readonly T[]) => (cell ? moves.filter((move) => isOf(cell, move)) : moves);
  const ownerName = useTeamName();
  const about = cell ? `, from ${ownerName(cell.was)} to ${ownerName(cell.becomes)}` : '';
  return (
    <>
      {cell && (
        <p role="status">
          Only what moves from <strong>{ownerName(cell.was)}</strong> to <strong>{ownerName(cell.becomes)}</strong>.{' '}
          <button type="button" className="button small" onClick={onAll}>
            Everything that moves
          </button>
        </p>
      )}
      <MoveHead table="by-service" name="What moves, by service" file={file} />
      <DataTable
        caption={`What moves, by service${about}`}
        columns={servicesOf(months)}
        rows={of(found.by_service)}
        rowKey={(row) => [row.service, row.was, row.becomes, row.currency].join('\u0000')}
      />
      {found.taken.length > 0 && !cell && (
        <>
          <MoveHead table="taken" name="What pools would share" file={file} />
          <Taken rows={found.taken} />
        </>
      )}
      {found.by_pool.length > 0 && (
        <>
          <MoveHead table="by-pool" name="What pools move, by pool" file={file} />
          <DataTable
            caption={`What pools move, by pool${about}`}
            columns={POOLS}
            rows={of(found.by_pool)}
            rowKey={(row) => [row.pool, row.was, row.becomes, row.currency].join('\u0000')}
          />
        </>
      )}
      {cell && (
        <>
          <MoveHead table="by-resource" name="What moves, by resource" file={file} />
          <DataTable
            caption={`What moves, by resource${about}`}
            columns={resourcesOf(months)}
            rows={of(found.by_resource)}
            rowKey={(row) => [row.resource, row.service].join('\u0000')}
            note={leftOut(of(found.by_resource))}
          />
        </>
      )}
      <MoveHead table="by-month" name="What moves, by month" file={file} />
      <DataTable
        caption={`What moves, by month${about}`}
        columns={MONTHS}
        rows={of(found.by_month)}
        rowKey={(row) => [row.period, row.was, row.becomes, row.currency].join('\u0000')}
      />
      {found.left_out > 0 && (
        <p className="table-note">{count(found.left_out)} rows of smaller amounts are left out of these tables.</p>
      )}
    </>
  );
}

const ENDS: readonly TableColumn<Move>[] = [
  { id: 'was', header: 'From', narrow: true, cell: (row) => <Called value={row.was} /> },
  { id: 'becomes', header: 'To', narrow: true, cell: (row) => <Called value={row.becomes} /> },
  { id: 'lines', header: 'Lines', numeric: true, cell: (row) => count(row.lines) },
  {
    id: 'amount',
    header: 'Effective cost',
    numeric: true,
    cell: (row) => (
      <>
        <MoneyCell amount={row.amount} /> {row.currency}
      </>
    ),
  },
];

const servicesOf = (months: CostQuery): TableColumn<ServiceMove>[] => [
  {
    id: 'service',
    header: 'Service',
    cell: (row) => (
      <Link row path="/explore" text={movedText(months, row)} className="name-link">
        {row.service ?? 'None'}
      </Link>
    ),
  },
  ...ENDS,
];

const resourcesOf = (months: CostQuery): TableColumn<ResourceMove>[] => [
  {
    id: 'resource',
    header: 'Resource',
    cell: (row) => (
      <Link
        row
        path="/explore"
        text={movedText(months, row, [filterFor('resource', keyOf(row.resource))])}
        className="name-link"
      >
        <Shortened text={row.resource ?? 'None'} most={NAME_MOST} />
      </Link>
    ),
  },
  { id: 'service', header: 'Service', cell: ({ service }) => service ?? 'None' },
  ...ENDS,
];

/** The server lists the largest of a cell. */
function leftOut(rows: readonly ResourceMove[]): string | undefined {
  const all = rows[0]?.of ?? 0;
  return all > rows.length ? `the ${count(rows.length)} largest of ${count(all)} resources` : undefined;
}

const MONTHS: TableColumn<MonthMove>[] = [
  {
    id: 'month',
    header: 'Month',
    cell: ({ period, would_be }) => (
      <>
        {monthName(period)} {would_be && <span className="badge">would be</span>}
      </>
    ),
  },
  ...ENDS,
];

const POOLS: TableColumn<PoolMove>[] = [{ id: 'pool', header: 'Pool', cell: ({ pool }) => pool }, ...ENDS];

/** The billing periods in which anything moves. */
function monthsOf(moves: readonly MonthMove[]): CostQuery {
  const labels = moves.map(({ period }) => period).sort();
  const [first, last] = [labels[0], labels.at(-1)];
  if (!first || !last) return { ...DEFAULTS, period: 'last_12_months' };
  return { ...DEFAULTS, basis: 'billing', period: `${first}-01..${monthEnd(last)}` };
}

/** The lines as they are owned now. */
function movedText(
  months: CostQuery,
  { service, was }: Move & Pick<ServiceMove, 'service'>,
  more: readonly Filter[] = [],
): string {
  const where = [filterFor('team', keyOf(was)), filterFor('service', keyOf(service)), ...more];
  return `${printQuery({ ...months, by: ['resource'], where })}&tab=lines`;
}
