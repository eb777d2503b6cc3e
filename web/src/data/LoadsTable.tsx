import type { Load } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { moment, monthName } from '../format/dates';
import { count, money } from '../format/format';
import { DataTable, type TableColumn } from '../table/DataTable';
import { stateOf } from './states';

export function LoadsTable({ loads }: { loads: readonly Load[] }) {
  const { to } = useAddress();
  const columns: TableColumn<Load>[] = [
    {
      id: 'source',
      header: 'Source',
      cell: (row) => (
        <Link row path="/data" text={to({ view: { sel: row.id } })} className="name-link" title="Open this load">
          {row.source}
        </Link>
      ),
    },
    { id: 'period', header: 'Month', narrow: true, cell: (row) => monthName(row.period) },
    {
      id: 'state',
      header: 'State',
      narrow: true,
      cell: (row) => <span className={`badge ${stateOf(row.state).tone}`}>{stateOf(row.state).label}</span>,
    },
    { id: 'at', header: 'When', cell: (row) => moment(row.ended_at ?? row.created_at) },
    { id: 'received', header: 'Rows received', numeric: true, cell: (row) => count(row.rows.received) },
    { id: 'stored', header: 'Lines stored', numeric: true, cell: (row) => count(row.rows.stored) },
    {
      id: 'billed',
      header: 'Billed',
      numeric: true,
      cell: (row) => row.totals.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(' · ') || '–',
    },
    { id: 'format', header: 'Format', cell: (row) => row.format ?? '–' },
  ];
  return <DataTable caption="Loads" columns={columns} rows={loads} rowKey={(row) => row.id} />;
}
