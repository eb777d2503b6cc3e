import { useLoads, useSources, useStatus } from '../api/queries';
import { Link } from '../app/Link';
import type { Page } from '../app/pages';
import { CatalogueIssues } from '../data/CatalogueIssues';
import { LoadDrawer } from '../data/LoadDrawer';
import { LoadsTable } from '../data/LoadsTable';
import { Restatements } from '../data/Restatements';
import { RunningJobs } from '../data/RunningJobs';
import { SourcesTable } from '../data/SourcesTable';
import { Waiting } from '../data/Waiting';
import { Upload } from '../jobs/Upload';
import { FileMenu } from '../table/ExportMenu';
import { late } from '../ui/late';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';

export const page: Page = {
  path: '/data',
  label: 'Data',
  icon: 'data',
  order: 80,
  key: 'd',
  scope: 'none',
};

const ExportsPanel = late<object>(() => import('../jobs/FileList').then((found) => ({ default: found.ExportsPanel })));

export default function Data() {
  const sources = useSources();
  const loads = useLoads();
  const status = useStatus().data;
  return (
    <div className="stack">
      <RunningJobs />
      <ExportsPanel />
      {loads.data && <Waiting loads={loads.data.loads} />}
      <Panel
        title="Sources"
        note={status?.rules_version ? `rules v${status.rules_version}` : undefined}
        tools={
          <>
            <Link path="/data/connect" className="button">
              Connect a provider
            </Link>
            {sources.data && sources.data.sources.length > 0 && <FileMenu of="sources" text="" />}
          </>
        }
      >
        {sources.error && !sources.data ? (
          <Failure error={sources.error} what="The sources" retry={() => sources.refetch()} />
        ) : !sources.data ? (
          <Skeleton lines={4} />
        ) : sources.data.sources.length === 0 ? (
          <Empty
            title="No source yet"
            action={
              <Link path="/data/connect" className="button primary">
                Connect a provider
              </Link>
            }
          >
            Connect a provider, or upload a bill below; its source appears here.
          </Empty>
        ) : (
          <SourcesTable sources={sources.data.sources} />
        )}
      </Panel>
      <CatalogueIssues />
      <Panel title="Upload a bill">
        <Upload />
      </Panel>
      <Panel
        title="Loads"
        note="newest first"
        tools={loads.data && loads.data.loads.length > 0 && <FileMenu of="loads" text="" />}
      >
        {loads.error && !loads.data ? (
          <Failure error={loads.error} what="The loads" retry={() => loads.refetch()} />
        ) : !loads.data ? (
          <Skeleton lines={6} />
        ) : loads.data.loads.length === 0 ? (
          <Empty title="Nothing was loaded yet" />
        ) : (
          <LoadsTable loads={loads.data.loads} />
        )}
      </Panel>
      <Restatements />
      <LoadDrawer />
    </div>
  );
}
