import { useMonths } from '../api/queries';
import type { Source, SourceMonth } from '../api/types';
import { moment, monthName, shortDay } from '../format/dates';
import { count, money } from '../format/format';
import { useAction } from '../jobs/follow';
import { DataTable, type TableColumn } from '../table/DataTable';
import { Icon } from '../ui/Icon';
import { stateOf } from './states';

const STRIP = 14;

/** One row per source: its months, how far it reaches, and whether that is late for it. */
export function SourcesTable({ sources }: { sources: readonly Source[] }) {
  return <DataTable caption="Sources" columns={COLUMNS} rows={sources} rowKey={(row) => row.source} />;
}

const COLUMNS: TableColumn<Source>[] = [
  {
    id: 'source',
    header: 'Source',
    cell: (row) => (
      <span className="source-name">
        <strong>{row.label}</strong>
        <span className="muted small">
          {row.source} · {row.format ?? 'format not known'} · {row.grain}
        </span>
      </span>
    ),
  },
  { id: 'months', header: 'Months', cell: (row) => <Strip source={row.source} /> },
  {
    id: 'to',
    header: 'Data to',
    narrow: true,
    cell: (row) => (
      <span className="two-lines">
        <span>
          {row.data_to ? shortDay(row.data_to, true) : 'nothing'} {row.late && <span className="badge warn">late</span>}
        </span>
        {row.normal_lag_hours !== null && (
          <span className="muted small">normal lag {count(row.normal_lag_hours)} h</span>
        )}
      </span>
    ),
  },
  {
    id: 'billed',
    header: 'Billed',
    numeric: true,
    narrow: true,
    cell: (row) => (
      <span className="two-lines">
        <span>{row.totals.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(' · ') || '–'}</span>
        <span className="muted small">{count(row.rows)} lines</span>
      </span>
    ),
  },
  {
    id: 'loaded',
    header: 'Last load',
    cell: (row) => <span className="may-break">{row.loaded_at ? moment(row.loaded_at) : '–'}</span>,
  },
  { id: 'remove', header: 'Remove', cell: (row) => <Remove source={row} /> },
];

function Strip({ source }: { source: string }) {
  const { data } = useMonths(source);
  const months = [...(data?.months ?? [])].sort((a, b) => (a.period < b.period ? -1 : 1)).slice(-STRIP);
  return (
    <ol className="strip" aria-label="Months, oldest first">
      {months.map((month) => (
        <li key={month.period} className={`strip-month ${stateOf(month.state).tone}`} title={said(month)}>
          <span aria-hidden="true">{month.restated > 0 ? '◉' : stateOf(month.state).mark}</span>
          <span className="visually-hidden">{said(month)}</span>
        </li>
      ))}
    </ol>
  );
}

function said(month: SourceMonth): string {
  const parts = [monthName(month.period), stateOf(month.state).label, `${count(month.rows)} lines`];
  if (month.restated) parts.push(`restated ${count(month.restated)} ${month.restated === 1 ? 'time' : 'times'}`);
  parts.push(...month.totals.map((total) => `${money(total.billed_cost)} ${total.currency} billed`));
  return parts.join(', ');
}

function Remove({ source }: { source: Source }) {
  const remove = useAction('DELETE', `/sources/${encodeURIComponent(source.source)}`);
  const ask = () => {
    const sums = source.totals.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(', ');
    if (
      window.confirm(
        `Remove ${source.label}? ${count(source.rows)} lines (${sums}) leave every answer. Loading its files again brings them back.`,
      )
    )
      remove.run();
  };
  return (
    <button
      type="button"
      className="button quiet icon-only"
      aria-label={`Remove ${source.label}`}
      title={remove.error?.message ?? `Remove ${source.label}`}
      disabled={remove.busy}
      onClick={ask}
    >
      <Icon name="trash" size={16} />
    </button>
  );
}
