import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useJobs } from '../api/queries';
import { Link } from '../app/Link';
import { SyncProgress } from '../data/SyncProgress';
import { useFollowed } from '../jobs/follow';
import { Empty, Skeleton } from '../ui/States';
import type { useDraft } from './draft';

/** The first run of a source; ends on the chart of what came. */
export function Watch({ name, grade, at }: { name: string; grade: string; at: ReturnType<typeof useDraft> }) {
  const jobs = useJobs();
  const navigate = useNavigate();
  const known = jobs.data?.jobs.find((job) => job.kind === 'sync' && job.source === name);
  const job = useFollowed(known?.id ?? '') ?? known;
  const running = job?.state === 'running' || job?.state === 'queued';
  const watched = useRef(false);
  watched.current ||= running;
  const chart = `period=all&grain=month&by=service&where=source:${encodeURIComponent(name)}`;
  const fine = job?.state === 'done' || job?.state === 'unchanged';
  useEffect(() => {
    if (!fine || !watched.current) return;
    watched.current = false;
    const to: string = grade === 'facts' ? '/data' : '/explore';
    navigate({ to, search: { text: grade === 'facts' ? '' : chart } });
  }, [fine, grade, chart, navigate]);
  if (jobs.isPending) return <Skeleton lines={4} />;
  if (!job)
    return (
      <Empty
        title="No run of it is known"
        action={
          <Link path={`/data/source/${encodeURIComponent(name)}`} className="button">
            Open {name || 'the source'}
          </Link>
        }
      >
        Runs are forgotten when the server stops; the source says how its last ones went.
      </Empty>
    );
  const months = (job.result?.months ?? []) as { state: string }[];
  return (
    <div className="form">
      <SyncProgress job={job} />
      {months.some((month) => month.state === 'live') && (
        <p>
          The newest month is loaded:{' '}
          <Link path="/explore" text={chart} className="button">
            Look at the chart
          </Link>
        </p>
      )}
      {!running && !fine && (
        <p>
          <Link path={`/data/source/${encodeURIComponent(name)}`}>Open {name}</Link> ·{' '}
          <button type="button" className="link" onClick={() => at.goTo('settings')}>
            Change its settings
          </button>
        </p>
      )}
    </div>
  );
}
