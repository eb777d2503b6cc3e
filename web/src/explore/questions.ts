/** The questions Explore asks, all made from the one in the address. */
import type { Answer } from '../api/types';
import type { Here } from '../app/address';
import { type Days, daysBetween } from '../format/dates';
import { wantedOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import type { CostQuery, Filter, Grain } from '../query/query';

/** What lies open when it is a resource and no line: no source is called by this sign. */
export const RESOURCE = '@resource:';
export const CHART_GROUPS = 8;
export const MATRIX_GROUPS = 50;
const MATRIX_DAYS = 100;

/** What to look at after one value was chosen, when the address does not say. */
const NEXT: Record<string, string> = {
  provider: 'service',
  billing_account: 'sub_account',
  sub_account: 'service',
  service_category: 'service',
  service: 'resource',
  region: 'service',
  resource_type: 'resource',
  charge_category: 'service',
  charge_frequency: 'service',
  pricing_category: 'service',
  cost_driver: 'service',
  sku: 'resource',
  commitment: 'service',
  invoice: 'service',
  source: 'service',
  team: 'service',
  application: 'service',
  environment: 'service',
  cost_centre: 'team',
};

export function measureOf(query: CostQuery): string {
  return query.measures[0] ?? 'effective_cost';
}

export function levelOf(query: CostQuery): string {
  return query.by[0] ?? 'team';
}

export function groupQuery(query: CostQuery): CostQuery {
  return { ...query, measures: [measureOf(query), 'share'], by: [levelOf(query)], grain: 'none', top: null, sort: [] };
}

/** The level below a group, over the days of the answer that the group is of. */
export function childQuery(query: CostQuery, group: string, answer: Answer): CostQuery | null {
  const second = query.by[1];
  if (!second) return null;
  return {
    ...narrowed(groupQuery(query), answer),
    by: [second],
    where: [...query.where, filterFor(levelOf(query), group)],
  };
}

export function chartQuery(query: CostQuery, grain: Grain): CostQuery {
  return {
    ...query,
    measures: [measureOf(query)],
    by: [levelOf(query)],
    grain,
    compare: 'none',
    top: query.top ?? CHART_GROUPS,
    sort: [],
  };
}

export function totalQuery(query: CostQuery, grain: Grain): CostQuery {
  return { ...query, measures: [measureOf(query)], by: [], grain, top: null, sort: [] };
}

/** Cells of the matrix, and the totals of its rows: the same groups, folded by the same rank. */
export function matrixQuery(query: CostQuery, grain: Grain): CostQuery {
  return { ...chartQuery(query, grain), top: MATRIX_GROUPS };
}

/** Where the chart folds nothing it has asked for every group already. */
export function trendQuery(query: CostQuery, grain: Grain, groups: Answer): CostQuery {
  const few = groups.rows.length <= (query.top ?? CHART_GROUPS);
  return few ? chartQuery(query, grain) : matrixQuery(query, grain);
}

export function matrixTotalQuery(query: CostQuery): CostQuery {
  return matrixQuery(query, 'none');
}

/** As the chart, but coarser where the columns could not be read. */
export function matrixGrain(query: CostQuery, period: Days | null): 'day' | 'week' | 'month' {
  const grain = grainFor(query, period);
  const days = period ? daysBetween(period.start, period.end) : 0;
  return grain === 'day' && days > MATRIX_DAYS ? 'week' : grain;
}

export function usageQuery(query: CostQuery): CostQuery {
  return {
    ...query,
    measures: [measureOf(query), 'pricing_quantity', 'effective_rate'],
    by: [levelOf(query)],
    grain: 'none',
    compare: 'none',
    top: null,
    sort: [],
  };
}

/** The lines behind the figures: what is grouped, compared or divided does not matter to them. */
export function linesQuery(query: CostQuery): CostQuery {
  const measures = [measureOf(query)];
  return { ...query, measures, by: [], grain: 'none', compare: 'none', normalise: 'none', top: null, sort: [] };
}

/** The file a reader takes away: everything the table could show, grouped as the address says. */
export function exportQuery(query: CostQuery): CostQuery {
  return {
    ...query,
    measures: [measureOf(query), 'share'],
    by: query.by.length ? query.by : [levelOf(query)],
    grain: 'none',
    top: null,
  };
}

/** Only this group; of the rest of a list nothing, for it cannot be asked for. */
export function filterFor(dimension: string, group: string): Filter {
  const value = wantedOf(group);
  return { dimension, negated: false, values: value ? [value] : [] };
}

/** One step down, over the days of the figure: this value as a filter, and the next group; below a resource its lines. */
export function drill(here: Here, dimension: string, group: string, answer: Answer | undefined) {
  if (wantedOf(group) === null) return null;
  const { query } = here;
  const { period, compare, incomplete } = narrowed(query, answer);
  const days = { period, compare, incomplete };
  const where = [
    ...query.where.filter((filter) => filter.negated || filter.dimension !== dimension),
    filterFor(dimension, group),
  ];
  const rest = query.by.filter((name) => name !== dimension);
  const ofOne = where.some((filter) => filter.dimension === 'resource' && isStep(filter));
  if (dimension === 'resource' || (ofOne && rest.length === 0))
    return { query: { ...days, where, sort: [] }, view: { tab: 'lines', sel: '' } };
  const next = rest.length ? rest : [NEXT[dimension] ?? 'service'];
  return { query: { ...days, where, by: next, sort: [] }, view: { tab: '', sel: '' } };
}

/** A value that was drilled into, and the slice as it was before. */
export interface TrailStep {
  filter: Filter;
  before: Partial<CostQuery>;
}

/** One value and no other is what a drill leaves behind. */
function isStep({ negated, values }: Filter): boolean {
  return !negated && values.length === 1 && !values[0]?.contains;
}

/** Filters of other kinds stay in force on the way back. */
export function trailOf({ where }: CostQuery): TrailStep[] {
  return where.flatMap((filter, at) => {
    if (!isStep(filter)) return [];
    const before = where.filter((other, place) => place < at || !isStep(other));
    return [{ filter, before: { where: before, by: [filter.dimension], sort: [] } }];
  });
}

/** Finest grain that keeps a chart readable; the reader may ask for a coarser one. */
export function grainFor(query: CostQuery, period: Days | null): 'day' | 'week' | 'month' {
  const days = period ? daysBetween(period.start, period.end) : 30;
  const asked = query.grain === 'none' ? null : query.grain;
  if (asked === 'month' || query.basis === 'billing') return 'month';
  if (days > 400 && asked !== 'week') return 'month';
  if (asked) return asked;
  return days > 120 ? 'month' : 'day';
}
