import type { Job, Stage } from '../api/types';
import { count } from '../format/format';

export const STAGES: readonly { id: Stage; label: string }[] = [
  { id: 'fetch', label: 'Fetch' },
  { id: 'normalise', label: 'Read' },
  { id: 'verify', label: 'Verify' },
  { id: 'land', label: 'Keep' },
  { id: 'swap', label: 'Attribute' },
  { id: 'live', label: 'Live' },
];

/** Where a job stands: its stage, its rows and how long it will still take. */
export function JobProgress({ job }: { job: Job }) {
  const { rows_done: done, rows_total: total, rows_per_second: speed, seconds_left: left } = job.progress;
  const at = STAGES.findIndex((stage) => stage.id === job.stage);
  return (
    <div className="job" role="status">
      <ol className="stages" aria-label="Stages">
        {STAGES.map((stage, index) => (
          <li
            key={stage.id}
            className={index < at ? 'is-past' : index === at ? 'is-now' : ''}
            aria-current={index === at ? 'step' : undefined}
          >
            {stage.label}
          </li>
        ))}
      </ol>
      {done !== null && total !== null && <progress max={total} value={done} aria-label="Rows read" />}
      <p className="muted small">
        {job.message ?? (job.state === 'queued' ? 'Waiting for its turn' : '')}
        {done !== null && ` ${count(done)}${total === null ? '' : ` of ${count(total)}`} rows`}
        {speed ? `, ${count(speed)} a second` : ''}
        {left ? `, about ${count(left)} s left` : ''}
      </p>
    </div>
  );
}
