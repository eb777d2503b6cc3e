/** One team: what it spent, why that changed, what it is made of, and the rules that say so. */

import { useParams } from '@tanstack/react-router';
import { useRef } from 'react';
import { useAnswer, useStatus } from '../api/queries';
import { useAddress } from '../app/address';
import { useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { NoCost } from '../app/NoCost';
import { NothingLoaded } from '../app/NothingLoaded';
import type { Page } from '../app/pages';
import { isZero } from '../format/decimal';
import { type CostQuery, nearest } from '../query/query';
import { useRules, useTeams, useTree } from '../teams/ask';
import { Head } from '../teams/Head';
import { NamedIn } from '../teams/Named';
import { listed } from '../teams/named';
import { ofTeam, plain, teamPath, teamText } from '../teams/questions';
import { Splits } from '../teams/Splits';
import { TeamTables } from '../teams/Tables';
import { TeamTiles } from '../teams/Tiles';
import { Trend } from '../teams/Trend';
import { TEAM_TABS } from '../teams/tabs';
import { useReview } from '../teams/useReview';
import { Why } from '../teams/Why';
import { late } from '../ui/late';
import { Empty, Guard, Panel, Skeleton } from '../ui/States';

export const page: Page = {
  path: '/teams/$team',
  label: 'Team',
  icon: 'teams',
  order: 21,
  key: '',
  scope: 'full',
  hidden: true,
  tabs: TEAM_TABS.map(({ id }) => id),
};

const ExplainDrawer = late(() => import('../explain/ExplainDrawer'));

export default function TeamPage() {
  const { team = '' } = useParams({ strict: false }) as { team?: string };
  const query = useReview();
  const status = useStatus().data;
  const { teams, pending, error } = useTeams();
  const rules = useRules();
  const begun = useRef(false); // what failed is asked once more by each part of the page: that does not take the page away
  if (status?.empty) return <NothingLoaded>There are no teams until there is cost.</NothingLoaded>;
  const waiting = pending || rules.isPending;
  begun.current ||= !waiting;
  if (!begun.current) return <Skeleton lines={12} />;
  if (teams.includes(team) || waiting || error)
    return <Review about={ofTeam(query, team)} team={team} text={teamText(query)} />;
  return <WithoutCost team={team} others={[...teams, ...listed(rules.data?.org ?? '')]} />;
}

/** The organisation knows more teams than `org.yaml` lists: a catalogue has some as well. */
function WithoutCost({ team, others }: { team: string; others: readonly string[] }) {
  const tree = useTree();
  if (tree.isPending) return <Skeleton lines={12} />;
  const known = [...others, ...(tree.data?.teams ?? []).map(({ key }) => key)];
  return known.includes(team) ? <NeverCost team={team} /> : <Unknown team={team} known={known} />;
}

function Review({ about, team, text }: { about: CostQuery; team: string; text: string }) {
  const now = useAnswer(plain(about));
  const measure = about.measures[0] ?? '';
  const { view } = useAddress();
  const nothing = now.data?.totals.every((total) => isZero(total[measure] ?? '0')) ?? false;
  return (
    <div className="stack">
      {view.why && <ExplainDrawer of={about} />}
      <Head about={about} team={team} text={text} />
      <Guard what="The figures">
        <TeamTiles about={about} />
      </Guard>
      {nothing && <NoCost>The team has cost on other days, or the filters leave none of it.</NoCost>}
      <Trend about={about} />
      <Why about={about} />
      <Splits about={about} />
      <TeamTables about={about} team={team} />
    </div>
  );
}

function NeverCost({ team }: { team: string }) {
  const name = useTeamName();
  return (
    <div className="stack">
      <Empty title={`No cost is attributed to ${name(team)} yet`} action={<Link path="/teams">All teams</Link>}>
        The organisation lists the team, but no line of any bill is its own. The lines that name it:
      </Empty>
      <Panel title="Rules that name it">
        <NamedIn team={team} />
      </Panel>
    </div>
  );
}

function Unknown({ team, known }: { team: string; known: readonly string[] }) {
  const near = nearest(team, known);
  const name = useTeamName();
  return (
    <Empty
      title={`There is no team ${team}`}
      action={
        <>
          {near && (
            <Link path={teamPath(near)} className="button primary">
              Did you mean {name(near)}?
            </Link>
          )}{' '}
          <Link path="/teams" className="button">
            All teams
          </Link>
        </>
      }
    >
      No cost is its own, and the organisation does not list it.
    </Empty>
  );
}
