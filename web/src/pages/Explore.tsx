import { useState } from 'react';
import { useAnswer, useCatalogue, useStatus, useTagKeys } from '../api/queries';
import type { Answer } from '../api/types';
import { type Here, scopeQuery, useAddress } from '../app/address';
import { useDimensionLabel } from '../app/Filters';
import { NoCost } from '../app/NoCost';
import { NothingLoaded } from '../app/NothingLoaded';
import type { Page } from '../app/pages';
import { WhoseLink, WhyLink } from '../explain/WhyLink';
import { askExplore } from '../explore/ahead';
import { ChartPanel } from '../explore/ChartPanel';
import { Facets, useWide } from '../explore/Facets';
import { groupQuery, levelOf, measureOf, RESOURCE } from '../explore/questions';
import { Tables } from '../explore/Tables';
import { Totals } from '../explore/Totals';
import { Trail } from '../explore/Trail';
import { EXPLORE_TABS } from '../explore/tabs';
import { late } from '../ui/late';
import { Picker } from '../ui/Picker';
import { Empty, Failure } from '../ui/States';

export const page: Page = {
  path: '/explore',
  label: 'Explore',
  icon: 'explore',
  order: 30,
  key: 'e',
  scope: 'full',
  tabs: EXPLORE_TABS.map(({ id }) => id),
  ahead: askExplore,
};

// What lies open over the page is fetched when something does.
const ExplainDrawer = late(() => import('../explain/ExplainDrawer'));
const LineDrawer = late(() => import('../explore/LineDrawer'));
const ResourceDrawer = late(() => import('../explore/ResourceDrawer'));

export default function Explore() {
  const here = useAddress();
  const { query, view } = here;
  const label = useDimensionLabel()(levelOf(query));
  const groups = useAnswer(groupQuery(query));
  const scope = useAnswer(scopeQuery(query));
  const [lit, setLit] = useState<string | null>(null);
  const wide = useWide();
  const [chosen, setFacets] = useState<boolean | null>(null);
  const facets = chosen ?? wide;
  const currency = currencyOf(groups.data);
  if (groups.data && groups.data.rows.length === 0) return <Nothing here={here} />;
  return (
    <div className="stack">
      {view.sel && (view.sel.startsWith(RESOURCE) ? <ResourceDrawer /> : <LineDrawer />)}
      {view.why && <ExplainDrawer />}
      <Trail here={here} names={scope.data?.names} />
      <div className="explore-head">
        <div className="explore-total">
          <Totals answer={scope.data} measure={measureOf(query)} />
          {(query.knownOn === null || scope.data?.detail_kept) && (
            <>
              <WhyLink>Explain the change</WhyLink>
              <WhoseLink />
            </>
          )}
        </div>
        <GroupPickers here={here} />
      </div>
      {groups.error && !groups.data ? (
        <Failure error={groups.error} what="The chart" retry={() => groups.refetch()} />
      ) : (
        <ChartPanel groups={groups.data} currency={currency} label={label} lit={lit} onLit={setLit} />
      )}
      <div className={wide && facets ? 'explore-columns' : 'stack'}>
        {wide && <Facets open={facets} onOpen={setFacets} />}
        <Tables here={here} groups={groups} label={label} lit={lit} onLit={setLit} />
        {!wide && <Facets open={facets} onOpen={setFacets} />}
      </div>
    </div>
  );
}

/** Currencies are never drawn together: the chart shows the one chosen, else the first. */
function currencyOf(answer: Answer | undefined): string {
  return answer?.totals[0]?.currency ?? '';
}

function GroupPickers({ here }: { here: Here }) {
  const { query, go } = here;
  const catalogue = useCatalogue().data;
  const label = useDimensionLabel();
  const first = levelOf(query);
  const second = query.by[1] ?? '';
  const names = [...(catalogue?.dimensions.map(({ name }) => name) ?? []), ...useTagKeys().map((key) => `tag.${key}`)];
  const choices = names.map((id) => ({ id, label: label(id) }));
  const set = (by: string[]) => go({ query: { by: by.filter(Boolean), sort: [] }, view: { tab: '' } });
  return (
    <div className="pickers">
      <span className="muted">Group by</span>
      <Picker
        label="Group by"
        value={first}
        choices={choices.filter(({ id }) => id !== second)}
        shown={label(first)}
        onChange={(id) => set([id, second])}
      />
      <span className="muted">then</span>
      <Picker
        label="Then by"
        value={second}
        choices={[{ id: '', label: 'nothing' }, ...choices.filter(({ id }) => id !== first)]}
        shown={second ? label(second) : 'nothing'}
        onChange={(id) => set([first, id])}
      />
    </div>
  );
}

function Nothing({ here }: { here: Here }) {
  const { query, go } = here;
  const last = query.where.at(-1);
  const label = useDimensionLabel();
  if (useStatus().data?.empty) return <NothingLoaded>There is no cost to explore until then.</NothingLoaded>;
  if (!last) {
    return <NoCost>Nothing was billed in this period, or it is not loaded yet.</NoCost>;
  }
  const without = query.where.slice(0, -1);
  return (
    <Empty
      title="The filters match nothing"
      action={
        <button type="button" className="button primary" onClick={() => go({ query: { where: without } })}>
          Drop the filter on {label(last.dimension).toLowerCase()}
        </button>
      }
    >
      No line of these days passes all of them.
    </Empty>
  );
}
