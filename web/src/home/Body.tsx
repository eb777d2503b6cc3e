import { useColours, useGuide, useSources, useStatus } from '../api/queries';
import { useAddress } from '../app/address';
import { RunningJobs } from '../data/RunningJobs';
import { Uploads } from '../jobs/Upload';
import { useUploads } from '../jobs/useUpload';
import { late } from '../ui/late';
import { Guard, Panel, Skeleton } from '../ui/States';
import { useAhead } from './ahead';
import { DailyChart } from './DailyChart';
import { Guide } from './Guide';
import { Movers } from './Movers';
import { ProposalPanel } from './Proposal';
import { Teams } from './Teams';
import { Tiles } from './Tiles';
import { useMonth } from './useMonth';

const Doors = late(() => import('../jobs/Doors'));

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
