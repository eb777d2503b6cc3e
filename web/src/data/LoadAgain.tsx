import { useMemo } from 'react';
import { useSources } from '../api/queries';
import { Link } from '../app/Link';
import { monthName } from '../format/dates';
import { useAction } from '../jobs/follow';
import { SyncProgress } from './SyncProgress';

/** Try a month again or replace it: what is collected is fetched anew, what came by hand is uploaded again. */
export function LoadAgain({ source, period }: { source: string; period: string }) {
  const known = useSources().data?.sources.find((one) => one.source === source);
  const order = useMemo(() => ({ start: period, end: period, full: true }), [period]);
  const again = useAction('POST', `/sources/${encodeURIComponent(source)}/sync`, order);
  if (!known || !period) return null;
  if (!known.collector)
    return known.kind === 'demo' || known.removal ? null : (
      <p className="muted small">
        To replace this month, <Link path="/data">upload its bill again</Link> under the same name.
      </p>
    );
  return (
    <div className="tools">
      <button type="button" className="button" disabled={again.busy} onClick={again.run}>
        {again.busy ? 'Fetching…' : `Fetch ${monthName(period)} again and replace it`}
      </button>
      {again.error && <p role="alert">{again.error.message}</p>}
      {again.job && <SyncProgress job={again.job} />}
    </div>
  );
}
