import { useStatus } from '../api/queries';
import { Link } from '../app/Link';
import type { Page } from '../app/pages';
import { useAction } from '../jobs/follow';
import { JobProgress } from '../jobs/JobProgress';
import { Upload } from '../jobs/Upload';
import { Failure, Panel } from '../ui/States';

export const page: Page = {
  path: '/welcome',
  label: 'Welcome',
  icon: 'upload',
  order: 90,
  key: 'i',
  scope: 'none',
  hidden: true,
};

/** The first page of an empty install: three doors, nothing to configure. */
export default function Welcome() {
  const status = useStatus().data;
  const demo = useAction('POST', '/demo');
  return (
    <div className="doors">
      {!status?.demo && (
        <Panel title="Look at the demo">
          <p className="door-text">
            Fourteen months of three clouds and six teams, with a few things hidden in them to find. It is ready in
            seconds and goes away with one click.
          </p>
          {demo.job && demo.busy && <JobProgress job={demo.job} />}
          {demo.error && <Failure error={demo.error} what="The demo" />}
          <button type="button" className="button primary" disabled={demo.busy} onClick={demo.run}>
            {demo.busy ? 'Loading the demo…' : 'Load the demo'}
          </button>
        </Panel>
      )}
      <Panel title="Upload a bill">
        <p className="door-text">
          A file from a provider's billing export or any FOCUS file. No credentials; the file stays on this machine.
        </p>
        <Upload />
      </Panel>
      <Panel title="Connect a provider">
        <p className="door-text">
          Bills are fetched by themselves from then on, newest month first. You see the exact access it needs, test it,
          and choose how far back to look.
        </p>
        <Link path="/data/connect" className="button primary">
          Connect a provider
        </Link>
      </Panel>
    </div>
  );
}
