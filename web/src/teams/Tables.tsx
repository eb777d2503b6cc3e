import { lazy, type ReactNode, Suspense } from 'react';
import type { Row } from '../api/types';
import { useAddress } from '../app/address';
import { filterFor } from '../explore/questions';
import { count } from '../format/format';
import { groupOf, NO_VALUE, nameOf, REST } from '../query/group';
import { narrowed } from '../query/narrowed';
import { type CostQuery, DEFAULTS, printQuery } from '../query/query';
import { useQuestions, useWaiting } from '../requests/ask';
import { ExportMenu } from '../table/ExportMenu';
import { Segments } from '../ui/Segments';
import { Panel, Skeleton } from '../ui/States';
import { useUnits } from './ask';
import { Fresh } from './Fresh';
import { NamedIn } from './Named';
import { Notes } from './Notes';
import { grouped, linesText } from './questions';
import { Shared } from './Shared';
import { type Place, SliceTable } from './SliceTable';
import { TEAM_TABS } from './tabs';
import UnitCost from './UnitCost';

// Not part of the first paint of any page.
const OfTeam = lazy(() => import('../requests/OfTeam'));
const NotOurs = lazy(() => import('../requests/NotOurs'));
const OfferAway = lazy(() => import('../requests/OfferForm'));

const DIMENSIONS: Record<string, string> = { '': 'service', resources: 'resource', accounts: 'sub_account' };

interface TablesProps {
  about: CostQuery;
  team: string;
}

/** What the team's cost is made of; a row leads to bill lines or to its resource, where it says whose it is and why. */
export function TeamTables({ about, team }: TablesProps) {
  const { view, go } = useAddress();
  const tab = TEAM_TABS.find(({ id }) => id === view.tab) ?? TEAM_TABS[0];
  const dimension = DIMENSIONS[tab.id];
  const requests = useWaiting(team);
  const asked = requests + (useQuestions(team).data?.pages[0]?.waiting ?? 0);
  const counted = (useUnits(team, about).data?.series.length ?? 0) > 0;
  const shown = TEAM_TABS.filter(({ id }) => id !== 'units' || counted || tab.id === 'units');
  const choices = shown.map(({ id, label }) => ({
    id,
    label: id === 'requests' && asked > 0 ? `${label} (${count(asked)})` : label,
  }));
  return (
    <Panel
      title={tab.label}
      tools={
        <>
          {dimension && <ExportMenu query={grouped(about, dimension)} />}
          {tab.id === 'shared' && <ExportMenu query={grouped(about, 'pool')} />}
        </>
      }
    >
      <div className="team-tabs">
        <Segments
          label="Show"
          value={tab.id}
          choices={choices}
          onChange={(next) => go({ view: { tab: next }, query: { sort: [] } })}
        />
      </div>
      {dimension && (
        <SliceTable
          key={dimension}
          asked={grouped(about, dimension)}
          caption={tab.label}
          empty="No cost in these days"
          to={(row, answer) => placeOf(narrowed(about, answer), row, dimension)}
          kept
          why
          act={notOurs(about, team, dimension)}
        />
      )}
      {tab.id === 'shared' && <Shared about={about} team={team} act={notOurs(about, team, 'pool')} />}
      {tab.id === 'units' && (
        <Suspense fallback={<Skeleton lines={6} />}>
          <UnitCost about={about} team={team} />
        </Suspense>
      )}
      {tab.id === 'new' && <Fresh about={about} />}
      {tab.id === 'notes' && <Notes about={about} />}
      {tab.id === 'rules' && <NamedIn team={team} />}
      {tab.id === 'requests' && (
        <Suspense fallback={<Skeleton lines={4} />}>
          <OfTeam team={team} />
        </Suspense>
      )}
    </Panel>
  );
}

/** The buttons by which the team says that a row is not its own, or may be another's; what is not one group has none. */
export function notOurs(about: CostQuery, team: string, dimension: string): (row: Row) => ReactNode {
  return (row) => {
    const group = groupOf(row, dimension);
    return group === NO_VALUE || group === REST ? null : (
      <Suspense fallback={null}>
        <NotOurs about={about} team={team} name={nameOf(row, dimension)} filter={filterFor(dimension, group)} />
        {dimension !== 'pool' && (
          <OfferAway team={team} name={nameOf(row, dimension)} filter={filterFor(dimension, group)} quiet />
        )}
      </Suspense>
    );
  };
}

/** A resource has a page of its own; everything else is its bill lines. */
export function placeOf(about: CostQuery, row: Row, dimension: string): Place {
  const group = groupOf(row, dimension);
  const filter = filterFor(dimension, group);
  if (dimension === 'resource' && group !== NO_VALUE) {
    const { measures, period, basis, currency, where } = about;
    const asked = { ...DEFAULTS, measures, period, basis, currency, where: [...where, filter] };
    return { path: '/resources', text: printQuery(asked) };
  }
  return { path: '/explore', text: linesText(about, [filter], 'resource') };
}
