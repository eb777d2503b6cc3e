import type { Job, JobProgress as Progress, Stage } from '../api/types';
import { bytes, count } from '../format/format';

export const STAGES: readonly { id: Stage; label: string }[] = [
  { id: 'fetch', label: 'Fetch' },
  { id: 'normalise', label: 'Read' },
  { id: 'verify', label: 'Verify' },
  { id: 'land', label: 'Keep' },
  { id: 'swap', label: 'Attribute' },
  { id: 'live', label: 'Live' },
];

/** Where a job stands: its stage, what it has done and how long it will still take. */
export function JobProgress({ job }: { job: Job }) {
  const [done, total, what] = measured(job.progress);
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
      {done !== null && total !== null && <progress max={total} value={done} aria-label={what} />}
      <p className="muted small">
        {[job.message ?? (job.state === 'queued' ? 'Waiting for its turn' : ''), ...figures(job.progress)]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  );
}

function measured(progress: Progress): [done: number | null, total: number | null, what: string] {
  if (progress.rows_total !== null) return [progress.rows_done ?? 0, progress.rows_total, 'Rows read'];
  if (progress.bytes_total !== null) return [progress.bytes_done ?? 0, progress.bytes_total, 'Bytes fetched'];
  return [progress.objects_done ?? 0, progress.objects_total, 'Done'];
}

function figures(progress: Progress): string[] {
  const { objects_done, objects_total, bytes_done, bytes_total, rows_done, rows_total } = progress;
  return [
    objects_done !== null && (bytes_done ?? rows_done) !== null
      ? `${of(count(objects_done), count(objects_total), objects_total)} objects`
      : '',
    bytes_done !== null ? of(bytes(bytes_done), bytes(bytes_total), bytes_total) : '',
    rows_done !== null ? `${of(count(rows_done), count(rows_total), rows_total)} rows` : '',
    progress.rows_per_second ? `${count(progress.rows_per_second)} rows/s` : '',
    progress.seconds_left ? `about ${count(progress.seconds_left)} s left` : '',
  ];
}

function of(done: string, total: string, known: number | null): string {
  return known === null ? done : `${done} of ${total}`;
}
