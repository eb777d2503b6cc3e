import type { Run } from '../api/types';
import { lasted, moment, monthName } from '../format/dates';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { Empty, Panel } from '../ui/States';
import { monthState, runState } from './states';

/** The last attempts to bring a source up to date, and what each did to which month. */
export function SourceRuns({ source, runs }: { source: string; runs: readonly Run[] }) {
  return (
    <Panel
      title="Runs"
      note="the last ten"
      tools={runs.length > 0 && <FileMenu of={`sources/${encodeURIComponent(source)}/runs`} text="" />}
    >
      {runs.length === 0 ? (
        <Empty title="It has not run yet" />
      ) : (
        <DataTable caption="Runs" columns={COLUMNS} rows={runs} rowKey={(row) => row.id} />
      )}
    </Panel>
  );
}

const COLUMNS: TableColumn<Run>[] = [
  { id: 'at', header: 'Started', cell: (row) => moment(row.started_at) },
  {
    id: 'state',
    header: 'How it ended',
    narrow: true,
    cell: (row) => <span className={`badge ${runState(row.state).tone}`}>{runState(row.state).label}</span>,
  },
  { id: 'took', header: 'Took', cell: (row) => (row.ended_at ? lasted(row.started_at, row.ended_at) : '–') },
  { id: 'actor', header: 'Asked by', cell: (row) => row.actor },
  { id: 'months', header: 'Months', cell: (row) => <span className="wraps">{months(row)}</span> },
  {
    id: 'message',
    header: 'What it says',
    narrow: true,
    cell: (row) => (
      <span className="wraps">
        {row.message ?? '–'} {row.next_step}
      </span>
    ),
  },
];

function months(run: Run): string {
  const all = run.months as unknown as { period: string; state: string }[];
  const changed = all.filter((month) => month.state !== 'unchanged');
  if (changed.length === 0) return all.length > 0 ? 'none changed' : '–';
  return changed
    .map((month) => `${month.period ? monthName(month.period) : 'all'} ${monthState(month.state).label}`)
    .join(', ');
}
