import { useStatus } from '../api/queries';
import { useAddress } from '../app/address';
import type { Page } from '../app/pages';
import { DailyChart } from '../home/DailyChart';
import { Guide } from '../home/Guide';
import { Movers } from '../home/Movers';
import { ProposalPanel } from '../home/Proposal';
import { Teams } from '../home/Teams';
import { Tiles } from '../home/Tiles';
import { Guard, Skeleton } from '../ui/States';
import { Doors } from './Welcome';

function Home() {
  const { query } = useAddress();
  const status = useStatus().data;
  if (!status) return <Skeleton lines={6} />;
  if (status.empty) return <Doors />;
  return (
    <div className="stack">
      {status.proposal_available && <ProposalPanel />}
      <Guard what="The figures">
        <Tiles query={query} />
      </Guard>
      <div className="home-columns">
        <DailyChart query={query} />
        <Movers query={query} />
      </div>
      {status.demo && <Guide />}
      <Teams query={query} />
    </div>
  );
}

export const page: Page = {
  path: '/',
  label: 'Home',
  icon: 'home',
  order: 10,
  key: 'h',
  scope: 'filters',
  Component: Home,
};
