import type { Row } from '../api/types';
import { useAddress } from '../app/address';
import { filterFor } from '../explore/questions';
import { groupOf, NO_VALUE } from '../query/group';
import { type CostQuery, DEFAULTS, printQuery } from '../query/query';
import { ExportMenu } from '../table/ExportMenu';
import { Segments } from '../ui/Segments';
import { Panel } from '../ui/States';
import { Fresh } from './Fresh';
import { NamedIn } from './Named';
import { Notes } from './Notes';
import { grouped, linesText } from './questions';
import { Shared } from './Shared';
import { type Place, SliceTable } from './SliceTable';

export const TEAM_TABS = [
  { id: '', label: 'Services' },
  { id: 'resources', label: 'Resources' },
  { id: 'accounts', label: 'Accounts' },
  { id: 'shared', label: 'Shared cost' },
  { id: 'new', label: 'New this week' },
  { id: 'notes', label: 'Notes' },
  { id: 'rules', label: 'Rules' },
] as const;

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
          choices={TEAM_TABS}
          onChange={(next) => go({ view: { tab: next }, query: { sort: [] } })}
        />
      </div>
      {dimension && (
        <SliceTable
          key={dimension}
          asked={grouped(about, dimension)}
          caption={tab.label}
          empty="No cost in these days"
          to={(row) => placeOf(about, row, dimension)}
          kept
          why
        />
      )}
      {tab.id === 'shared' && <Shared about={about} team={team} />}
      {tab.id === 'new' && <Fresh about={about} />}
      {tab.id === 'notes' && <Notes about={about} />}
      {tab.id === 'rules' && <NamedIn team={team} />}
    </Panel>
  );
}

/** A resource has a page of its own; everything else is its bill lines. */
export function placeOf(about: CostQuery, row: Row, dimension: string): Place {
  const group = groupOf(row, dimension);
  const filter = filterFor(dimension, group);
  if (dimension === 'resource' && group !== NO_VALUE) {
    const { measures, currency } = about;
    return { path: '/resources', text: printQuery({ ...DEFAULTS, measures, currency, where: [filter] }) };
  }
  return { path: '/explore', text: linesText(about, [filter], 'resource') };
}
