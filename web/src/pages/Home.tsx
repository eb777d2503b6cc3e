import { useColours, useGuide, useSources, useStatus } from '../api/queries';
import { useAddress } from '../app/address';
import type { Page } from '../app/pages';
import { RunningJobs } from '../data/RunningJobs';
import { askHome, useAhead } from '../home/ahead';
import { DailyChart } from '../home/DailyChart';
import { Guide } from '../home/Guide';
import { Movers } from '../home/Movers';
import { ProposalPanel } from '../home/Proposal';
import { Teams } from '../home/Teams';
import { Tiles } from '../home/Tiles';
import { useMonth } from '../home/useMonth';
import { Uploads } from '../jobs/Upload';
import { useUploads } from '../jobs/useUpload';
import { late } from '../ui/late';
import { Guard, Panel, Skeleton } from '../ui/States';

export const page: Page = {
  path: '/',
  label: 'Home',
  icon: 'home',
  order: 10,
  key: 'h',
  scope: 'filters',
  ahead: askHome,
};

const Doors = late(() => import('./Welcome'));

export default function Home() {
  const { query } = useAddress();
  const status = useStatus().data;
  const sources = useSources().data?.sources;
  const month = useMonth(query, status?.empty === false);
  useAhead(query, sources, status?.empty === false);
  useColours('team');
  useGuide(status?.demo === true);
  if (status?.empty) return <FirstBill />;
  if (!status || !month) return <Skeleton lines={12} />;
  return (
    <div className="stack">
      <JustUploaded />
      {status.proposal_available && <ProposalPanel />}
      <Guard what="The figures">
        <Tiles query={query} month={month} />
      </Guard>
      <div className="home-columns">
        <DailyChart query={query} month={month} />
        <Movers query={query} month={month} />
      </div>
      {status.demo && <Guide />}
      <Teams query={query} month={month} />
    </div>
  );
}

/** Nothing to show yet: what is on its way, and the doors. */
function FirstBill() {
  return (
    <div className="stack">
      <RunningJobs />
      <Doors />
    </div>
  );
}

function JustUploaded() {
  if (useUploads().length === 0) return null;
  return (
    <Panel title="Just uploaded">
      <Uploads />
    </Panel>
  );
}
