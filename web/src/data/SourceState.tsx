import { useJobs } from '../api/queries';
import type { Source } from '../api/types';
import { Link } from '../app/Link';
import { TestConnection } from '../connect/TestConnection';
import { moment } from '../format/dates';
import { count, money } from '../format/format';
import { useAction, useFollowed } from '../jobs/follow';
import { Panel } from '../ui/States';
import { Fact } from './Fact';
import { IssueList } from './Issues';
import { DataTo, NextRun } from './SourcesTable';
import { SyncProgress } from './SyncProgress';

/** How a source is, what is wrong with it, and what can be done at once. */
export function SourceState({ source }: { source: Source }) {
  const how = source.collector;
  return (
    <Panel title={source.label} note={`${source.source} · ${source.format ?? 'format not known'} · ${source.grain}`}>
      {source.removal && (
        <p className="notice">
          {source.removal === 'hidden'
            ? 'Hidden: its lines are in no answer. It can be brought back below.'
            : 'Not collected any more; what is loaded stays.'}
        </p>
      )}
      <dl className="facts wide-facts">
        <Fact name="Data to" value={<DataTo source={source} />} />
        <Fact name="Next run" value={<NextRun source={source} />} />
        <Fact name="Last success" value={how?.last_success_at ? moment(how.last_success_at) : '–'} />
        <Fact name="Last load" value={source.loaded_at ? moment(source.loaded_at) : '–'} />
        <Fact name="Lines" value={count(source.rows)} />
        <Fact
          name="Billed"
          value={source.totals.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(' · ') || '–'}
        />
        {how && <Fact name="Collecting this month" value={`${money(how.cost_month)} USD`} />}
        {how?.credential_ends_at && <Fact name="Credential runs out" value={moment(how.credential_ends_at)} />}
      </dl>
      {(!source.removal || source.issues.length > 0) && (
        <>
          <h3>Issues</h3>
          <IssueList issues={source.issues} />
        </>
      )}
      {how ? <Tools source={source} /> : <ByHand source={source} />}
    </Panel>
  );
}

function Tools({ source }: { source: Source }) {
  const place = `/sources/${encodeURIComponent(source.source)}`;
  const paused = source.collector?.paused ?? false;
  const sync = useAction('POST', `${place}/sync`, NOTHING);
  const pause = useAction('POST', `${place}/${paused ? 'resume' : 'pause'}`);
  const running = useJobs().data?.jobs.find((job) => job.kind === 'sync' && job.source === source.source);
  const known = running && (running.state === 'running' || running.state === 'queued') ? running : null;
  const followed = useFollowed(known && known.id !== sync.job?.id ? known.id : '');
  const job = sync.job ?? followed ?? known;
  const failed = sync.error ?? pause.error;
  return (
    <>
      <div className="tools">
        <button type="button" className="button primary" disabled={sync.busy || known !== null} onClick={sync.run}>
          {sync.busy || known ? 'Running…' : 'Sync now'}
        </button>
        <button type="button" className="button" disabled={pause.busy} onClick={pause.run}>
          {paused ? 'Resume' : 'Pause'}
        </button>
      </div>
      {failed && (
        <p role="alert" className="bad-text">
          {failed.message}
        </p>
      )}
      {job && <SyncProgress job={job} />}
      <TestConnection path={`${place}/check`} />
    </>
  );
}

const NOTHING = {};

function ByHand({ source }: { source: Source }) {
  if (source.removal || source.kind === 'demo') return null;
  return (
    <p className="muted">
      Its files come by hand. Use the same name next month; only the months in the file are replaced.{' '}
      <Link path="/data">Upload a bill</Link>
    </p>
  );
}
