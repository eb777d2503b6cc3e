import { useMonths } from '../api/queries';
import type { Source, SourceMonth } from '../api/types';
import { Link } from '../app/Link';
import { moment, monthName, shortDay } from '../format/dates';
import { count, money } from '../format/format';
import { DataTable, type TableColumn } from '../table/DataTable';
import { IssueList } from './Issues';
import { stateOf } from './states';

const STRIP = 14;

/** One row per source: its months, how far it reaches, when it runs next, what it costs and what is wrong. */
export function SourcesTable({ sources }: { sources: readonly Source[] }) {
  const troubled = sources.filter((source) => source.issues.length > 0);
  return (
    <>
      <DataTable caption="Sources" columns={COLUMNS} rows={sources} rowKey={(row) => row.source} />
      {troubled.map((source) => (
        <section key={source.source} className="source-issues" aria-label={`Issues of ${source.label}`}>
          <strong>{source.label}</strong>
          <IssueList issues={source.issues} />
        </section>
      ))}
    </>
  );
}

const COLUMNS: TableColumn<Source>[] = [
  {
    id: 'source',
    header: 'Source',
    cell: (row) => (
      <span className="source-name">
        <Link
          row
          path={`/data/source/${encodeURIComponent(row.source)}`}
          className="name-link"
          title="Open this source"
        >
          {row.label}
        </Link>
        <span className="muted small">
          {row.source} · {row.format ?? 'format not known'} · {row.grain}
        </span>
        {row.removal && <span className="badge">{row.removal === 'hidden' ? 'hidden' : 'not collected any more'}</span>}
      </span>
    ),
  },
  { id: 'months', header: 'Months', cell: (row) => <Strip source={row.source} /> },
  { id: 'to', header: 'Data to', narrow: true, cell: (row) => <DataTo source={row} /> },
  {
    id: 'next',
    header: 'Next run',
    cell: (row) => (
      <span className="two-lines">
        <NextRun source={row} />
        {row.collector && (
          <span className="muted small" title="What the calls to the provider cost this month">
            {money(row.collector.cost_month)} USD this month
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'billed',
    header: 'Billed',
    numeric: true,
    cell: (row) => (
      <span className="two-lines">
        <span>{row.totals.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(' · ') || '–'}</span>
        <span className="muted small">{count(row.rows)} lines</span>
      </span>
    ),
  },
  {
    id: 'issues',
    header: 'Issues',
    numeric: true,
    narrow: true,
    cell: (row) => (row.issues.length > 0 ? <span className="badge warn">{count(row.issues.length)}</span> : '–'),
  },
];

/** How far it reaches, against what is normal for it; late is said, not only coloured. */
export function DataTo({ source }: { source: Source }) {
  const { lag_hours: lag, normal_lag_hours: normal } = source;
  return (
    <span className="two-lines">
      <span>
        {source.data_to ? shortDay(source.data_to, true) : 'nothing'}{' '}
        {source.late && !source.removal && <span className="badge warn">late</span>}
      </span>
      {lag !== null && !source.removal && (
        <span className={source.late ? 'warn-text small' : 'muted small'}>
          {count(lag)} h behind{normal !== null && `, normal ${count(normal)} h`}
        </span>
      )}
    </span>
  );
}

export function NextRun({ source }: { source: Source }) {
  const how = source.collector;
  if (!how) return <span className="muted">by hand</span>;
  if (how.running) return <span>running now</span>;
  if (how.paused) return <span className="badge">paused</span>;
  return <span>{how.next_run_at ? moment(how.next_run_at) : 'now'}</span>;
}

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
