import { useJobs } from '../api/queries';
import type { Job } from '../api/types';
import { useAction } from '../jobs/follow';
import { JobProgress } from '../jobs/JobProgress';
import { Panel } from '../ui/States';

/** Work under way, with a way to stop it. */
export function RunningJobs() {
  const running = (useJobs().data?.jobs ?? []).filter(
    (job) => (job.state === 'running' || job.state === 'queued') && job.kind !== 'export', // those are listed as files
  );
  if (running.length === 0) return null;
  return (
    <Panel title="Under way">
      {running.map((job) => (
        <Running key={job.id} job={job} />
      ))}
    </Panel>
  );
}

function Running({ job }: { job: Job }) {
  const cancel = useAction('POST', `/jobs/${encodeURIComponent(job.id)}/cancel`);
  return (
    <div className="running">
      <strong>
        {job.kind} {job.source}
      </strong>
      <JobProgress job={job} />
      <button type="button" className="button small" disabled={cancel.busy || cancel.ended} onClick={cancel.run}>
        Cancel
      </button>
    </div>
  );
}
