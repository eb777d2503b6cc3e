import type { Job, SyncResult } from '../api/types';
import { monthName } from '../format/dates';
import { bytes, count } from '../format/format';
import { useAction } from '../jobs/follow';
import { JobProgress } from '../jobs/JobProgress';
import { monthState } from './states';

/** A run of a source under way: its stages, and what became of each month so far; it can be stopped. */
export function SyncProgress({ job }: { job: Job }) {
  const cancel = useAction('POST', `/jobs/${encodeURIComponent(job.id)}/cancel`);
  const running = job.state === 'running' || job.state === 'queued';
  const months = (job.result as unknown as SyncResult | null)?.months ?? [];
  return (
    <div className="running-sync">
      {running && <JobProgress job={job} />}
      {running && (
        <button type="button" className="button small" disabled={cancel.busy || cancel.ended} onClick={cancel.run}>
          {cancel.ended ? 'Stopping…' : 'Cancel'}
        </button>
      )}
      {months.length > 0 && (
        <ol className="sync-months" aria-label="Months so far, newest first">
          {months.map((month) => (
            <li key={month.period}>
              <span className={`badge ${monthState(month.state).tone}`}>{monthState(month.state).label}</span>{' '}
              <strong>{month.period ? monthName(month.period) : 'All months'}</strong>{' '}
              <span className="muted small">
                {month.objects > 0 && `${count(month.objects)} objects`}
                {month.size_bytes > 0 && `, ${bytes(month.size_bytes)}`} {month.message} {month.next_step}
              </span>
            </li>
          ))}
        </ol>
      )}
      {!running && (
        <p role="status" className={job.error ? 'bad-text' : ''}>
          {SAID[job.state] ?? 'The run failed.'} {job.error?.detail} {job.error?.next_step}
        </p>
      )}
    </div>
  );
}

const SAID: Record<string, string> = {
  done: 'Up to date.',
  unchanged: 'Nothing was new.',
  needs_attention: 'It cannot go on by itself.',
  held: 'A month is held: someone has to look at it first.',
  cancelled: 'Stopped. What was loaded stays; the next run goes on from here.',
  interrupted: 'The server stopped meanwhile; the next run goes on from here.',
};
