import type * as schema from '../api/schema';
import { monthName } from '../format/dates';
import { count, percent } from '../format/format';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { Failure, Panel, Skeleton } from '../ui/States';
import { useToil } from './ask';

type Month = schema.ToilMonth;

/** How often people act by hand so that cost has its owner, and how much of that teams do themselves. */
export function ToilPanel() {
  const found = useToil();
  return (
    <Panel title="Acts by hand" note="by month, UTC" tools={<FileMenu of="attribution/toil" text="" />}>
      {found.error && !found.data ? (
        <Failure error={found.error} what="The acts" retry={() => found.refetch()} />
      ) : !found.data ? (
        <Skeleton lines={3} />
      ) : found.data.length === 0 ? (
        <p className="muted">Nothing was done by hand yet: what rules, tags and the catalogue say needs no act.</p>
      ) : (
        <DataTable
          caption="Acts by hand"
          columns={COLUMNS}
          rows={[...found.data].reverse()}
          rowKey={({ month }) => month}
        />
      )}
    </Panel>
  );
}

const KINDS = [
  'assign',
  'split',
  'ask',
  'exclude',
  'include',
  'dispute',
  'request',
  'answer',
  'offer',
  'publish',
] as const;
const HEADERS: Record<(typeof KINDS)[number], string> = {
  assign: 'Assigned',
  split: 'Split',
  ask: 'Asked',
  exclude: 'Excluded',
  include: 'Brought back',
  dispute: 'Disputes',
  request: 'Requests',
  answer: 'Answers',
  offer: 'Offers',
  publish: 'Published',
};

const COLUMNS: TableColumn<Month>[] = [
  { id: 'month', header: 'Month', cell: ({ month }) => monthName(month) },
  { id: 'total', header: 'Acts', numeric: true, narrow: true, cell: ({ total }) => count(total) },
  {
    id: 'teams',
    header: 'By teams',
    numeric: true,
    narrow: true,
    title: 'The share that was done on behalf of a team',
    cell: (row) =>
      row.percent === null ? (
        '–'
      ) : (
        <span className="share-cell">
          <meter className="toil-meter" min={0} max={row.total} value={row.by_teams} aria-hidden="true" />{' '}
          {percent(row.percent)}
        </span>
      ),
  },
  ...KINDS.map(
    (kind): TableColumn<Month> => ({ id: kind, header: HEADERS[kind], numeric: true, cell: (row) => count(row[kind]) }),
  ),
];
