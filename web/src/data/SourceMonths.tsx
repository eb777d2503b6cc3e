import { useLoads, useMonths } from '../api/queries';
import type { SourceMonth } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { moment, monthName, shortDay } from '../format/dates';
import { count, money } from '../format/format';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { stateOf } from './states';

/** Every billing period of a source, newest first; a row opens the load behind it. */
export function SourceMonths({ source }: { source: string }) {
  const months = useMonths(source);
  const loads = useLoads().data?.loads ?? [];
  const { path, to } = useAddress();
  const loadOf = (month: SourceMonth) =>
    loads.find(
      (load) => load.source === source && load.period === month.period && load.generation === month.generation,
    );
  const columns: TableColumn<SourceMonth>[] = [
    {
      id: 'period',
      header: 'Month',
      cell: (row) => {
        const load = loadOf(row);
        return load ? (
          <Link row path={path} text={to({ view: { sel: load.id } })} className="name-link" title="Open the load">
            {monthName(row.period)}
          </Link>
        ) : (
          monthName(row.period)
        );
      },
    },
    {
      id: 'state',
      header: 'State',
      narrow: true,
      cell: (row) => <span className={`badge ${stateOf(row.state).tone}`}>{stateOf(row.state).label}</span>,
    },
    {
      id: 'billed',
      header: 'Billed',
      numeric: true,
      narrow: true,
      cell: (row) => row.totals.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(' · ') || '–',
    },
    { id: 'rows', header: 'Lines', numeric: true, cell: (row) => count(row.rows) },
    { id: 'to', header: 'Data to', cell: (row) => (row.data_to ? shortDay(row.data_to, true) : '–') },
    { id: 'loaded', header: 'Loaded', cell: (row) => (row.loaded_at ? moment(row.loaded_at) : '–') },
    { id: 'restated', header: 'Restated', numeric: true, cell: (row) => (row.restated ? count(row.restated) : '–') },
  ];
  return (
    <Panel
      title="Months"
      note="newest first"
      tools={<FileMenu of={`sources/${encodeURIComponent(source)}/months`} text="" />}
    >
      {months.error ? (
        <Failure error={months.error} what="The months" retry={() => months.refetch()} />
      ) : months.data?.months.length === 0 ? (
        <Empty title="No month yet" />
      ) : months.data ? (
        <DataTable caption="Months" columns={columns} rows={months.data.months} rowKey={(row) => row.period} />
      ) : (
        <Skeleton lines={4} />
      )}
    </Panel>
  );
}
