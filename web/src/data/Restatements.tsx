import { useRestatements } from '../api/queries';
import type { Restatement } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { moment, monthName } from '../format/dates';
import { count, isNegative, isZero, money } from '../format/format';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { Panel } from '../ui/States';

/** What changed after it had been told: the month, the cause and the money. Absent while nothing did. */
export function Restatements({ source }: { source?: string }) {
  const { path, to } = useAddress();
  const log = useRestatements(source);
  const found = log.data?.pages.flatMap((page) => page.restatements) ?? [];
  if (found.length === 0) return null;
  const address = (id: string) => ({ path, text: to({ view: { sel: id } }) });
  return (
    <Panel
      title="Restatements"
      note="months that changed after they were live, newest first"
      tools={<FileMenu of="restatements" text={source ? `source=${encodeURIComponent(source)}` : ''} />}
    >
      <DataTable
        caption="Restatements"
        columns={columnsOf(address)}
        rows={found}
        rowKey={(row) => `${row.source} ${row.period} ${row.generation}`}
        note={log.hasNextPage ? 'newest first; more below' : undefined}
      />
      {log.hasNextPage && (
        <button
          type="button"
          className="button more"
          disabled={log.isFetchingNextPage}
          onClick={() => log.fetchNextPage()}
        >
          {log.isFetchingNextPage ? 'Loading…' : 'Earlier restatements'}
        </button>
      )}
    </Panel>
  );
}

function columnsOf(address: (id: string) => { path: string; text: string }): TableColumn<Restatement>[] {
  return [
    {
      id: 'month',
      header: 'Month',
      cell: (row) => (
        <Link row {...address(row.load)} className="name-link" title="Open the load that changed it">
          {monthName(row.period)}
        </Link>
      ),
    },
    { id: 'source', header: 'Source', cell: (row) => row.source },
    { id: 'at', header: 'When', cell: (row) => moment(row.at) },
    { id: 'cause', header: 'Cause', narrow: true, cell: (row) => row.cause },
    {
      id: 'billed',
      header: 'Billed, change',
      numeric: true,
      narrow: true,
      cell: (row) => changes(row, 'billed_cost'),
    },
    { id: 'effective', header: 'Effective, change', numeric: true, cell: (row) => changes(row, 'effective_cost') },
    { id: 'before', header: 'Lines before', numeric: true, cell: (row) => count(row.rows_before) },
    { id: 'after', header: 'Lines after', numeric: true, cell: (row) => count(row.rows_after) },
  ];
}

function changes(row: Restatement, measure: 'billed_cost' | 'effective_cost'): string {
  const said = row.change.map((item) => {
    const amount = item[measure];
    return `${amount && !isZero(amount) && !isNegative(amount) ? '+' : ''}${money(amount)} ${item.currency}`;
  });
  return said.join(' · ') || '–';
}
