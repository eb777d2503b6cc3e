import { useState } from 'react';
import { fits, type useAnswer } from '../api/queries';
import type { Answer } from '../api/types';
import type { Here } from '../app/address';
import { known } from '../format/dates';
import type { CostQuery } from '../query/query';
import { ExportMenu } from '../table/ExportMenu';
import { Segments } from '../ui/Segments';
import { Failure, Panel, Skeleton } from '../ui/States';
import { ColumnChoice } from './ColumnChoice';
import { GroupTable } from './GroupTable';
import { LinesTable } from './LinesTable';
import { MatrixTable } from './MatrixTable';
import { exportQuery, levelOf, linesQuery, matrixGrain, matrixQuery, measureOf, usageQuery } from './questions';
import { EXPLORE_TABS } from './tabs';
import { UsageTable } from './UsageTable';

// Of the past, where it has changed since, nothing but costs by day is kept.
const BY_LINE = ['usage', 'lines'];
const GONE = 'These days have changed since; leave known_on out for what stands now';

interface TablesProps {
  here: Here;
  groups: ReturnType<typeof useAnswer>;
  label: string;
  lit: string | null;
  onLit: (key: string | null) => void;
}

/** The same money as groups, by period, as usage and as bill lines. */
export function Tables({ here, groups, label, lit, onLit }: TablesProps) {
  const { query, view, go } = here;
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const kept = query.knownOn === null || groups.data?.detail_kept === true;
  const tab = EXPLORE_TABS.some((item) => item.id === view.tab) ? view.tab : '';
  return (
    <Panel
      title={titleOf(tab, label)}
      busy={groups.isPlaceholderData}
      tools={
        <>
          <Segments
            label="Show"
            value={tab}
            choices={EXPLORE_TABS.map((one) => (kept || !BY_LINE.includes(one.id) ? one : { ...one, off: GONE }))}
            onChange={(next) => go({ view: { tab: next }, query: { sort: [] } })}
          />
          {tab === '' && groups.data && <ColumnChoice answer={groups.data} hidden={hidden} onChange={setHidden} />}
          <ExportMenu
            query={fileOf(tab, query, groups.data)}
            of={tab === 'lines' ? 'lines' : 'costs'}
            name={tableOf(tab, label)}
          />
        </>
      }
    >
      {tab === 'lines' ? (
        <LinesTable />
      ) : tab === 'usage' ? (
        <UsageTable label={label} />
      ) : tab === 'matrix' ? (
        <MatrixTable groups={groups.data} label={label} />
      ) : groups.error && !groups.data ? (
        <Failure error={groups.error} what="The table" retry={() => groups.refetch()} />
      ) : fits(groups.data, [levelOf(query), measureOf(query)]) ? (
        <GroupTable answer={groups.data} label={label} hidden={hidden} lit={lit} onLit={onLit} />
      ) : (
        <Skeleton lines={8} />
      )}
    </Panel>
  );
}

function titleOf(tab: string, label: string): string {
  if (tab === 'lines') return 'Bill lines';
  return `${tab === 'usage' ? 'Usage by' : 'By'} ${label.toLowerCase()}`;
}

function tableOf(tab: string, label: string): string {
  const title = titleOf(tab, label).toLowerCase();
  return tab === 'lines' || tab === 'usage' ? title : `cost ${title}`;
}

/** The file holds what the table shows, every group of it. */
function fileOf(tab: string, query: CostQuery, groups: Answer | undefined): CostQuery {
  if (tab === 'usage') return usageQuery(query);
  if (tab === 'lines') return linesQuery(query);
  if (tab === 'matrix') return { ...matrixQuery(query, matrixGrain(query, known(groups?.period))), top: null };
  return exportQuery(query);
}
