import { useSourceFact } from '../api/queries';
import type { Spending } from '../api/types';
import { shortDay } from '../format/dates';
import { count, exact, isZero, money } from '../format/format';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { Failure, Panel, Skeleton } from '../ui/States';

/** What collecting cost by day, and the caps that bound it. */
export function SourceSpending({ source }: { source: string }) {
  const spending = useSourceFact<Spending>(source, 'spending');
  const found = spending.data;
  return (
    <Panel
      title="What collecting costs"
      note="calls to the provider, UTC days, USD"
      tools={<FileMenu of={`sources/${encodeURIComponent(source)}/spending`} text="" />}
    >
      {spending.error ? (
        <Failure error={spending.error} what="The spending" retry={() => spending.refetch()} />
      ) : !found ? (
        <Skeleton lines={3} />
      ) : (
        <>
          <p>
            <strong>{money(found.cost)} USD</strong> <span className="muted">in the last 62 days.</span>
          </p>
          <ul className="control">
            {found.caps.map((cap) => (
              <li key={cap.name}>
                {cap.name.replaceAll('_', ' ')}:{' '}
                {isZero(cap.unit_cost) ? 'free, counted' : `${exact(cap.unit_cost)} each`}
                {cap.run_max !== null && `, at most ${count(cap.run_max)} a run`}
                {cap.day_max !== null && `, at most ${count(cap.day_max)} a day`}
              </li>
            ))}
          </ul>
          {found.days.length > 0 && (
            <DataTable
              caption="Spending by day"
              columns={COLUMNS}
              rows={[...found.days].reverse()}
              rowKey={(row) => row.day}
            />
          )}
        </>
      )}
    </Panel>
  );
}

const COLUMNS: TableColumn<Spending['days'][number]>[] = [
  { id: 'day', header: 'Day', cell: (row) => shortDay(row.day, true) },
  {
    id: 'calls',
    header: 'Calls',
    narrow: true,
    cell: (row) => row.spent.map((one) => `${count(one.units)} ${one.name.replaceAll('_', ' ')}`).join(', '),
  },
  { id: 'cost', header: 'Cost, USD', numeric: true, narrow: true, cell: (row) => money(row.cost) },
];
