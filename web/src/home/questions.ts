/** What Home asks: fixed periods, under the reader's own filters, measure and currency. */
import type { Source } from '../api/types';
import { type Days, monthName, range, shift } from '../format/dates';
import { literal } from '../query/escape';
import { type CostQuery, DEFAULTS } from '../query/query';

function within(query: CostQuery): CostQuery {
  return { ...DEFAULTS, measures: query.measures.slice(0, 1), where: query.where, currency: query.currency };
}

/** The month Home speaks of: the running one, or the newest that has any cost when a bill is older. */
export interface Month {
  running: boolean; // up to the last complete day
  period: string;
  days: string; // of the daily chart
  label: string;
}

export const RUNNING: Month = {
  running: true,
  period: 'month_to_date',
  days: 'last_30_days',
  label: 'this month so far',
};

/** The month of the last complete day, by its name and whole where it is not the one that runs: a bill may be old. */
export function running(days: Days | null, today: string | null | undefined): Month {
  if (!days || !today || today.startsWith(days.start.slice(0, 7))) return RUNNING;
  return { ...RUNNING, days: RUNNING.period, label: range(days.start, shift(days.end, -1)) };
}

export function older(month: string): Month {
  const label = month.slice(0, 7);
  return { running: false, period: label, days: label, label: monthName(label) };
}

export function monthly(query: CostQuery): CostQuery {
  return { ...within(query), period: 'all', grain: 'month' };
}

export function monthSoFar(query: CostQuery, month: Month = RUNNING): CostQuery {
  return { ...within(query), period: month.period, compare: 'previous' };
}

export function lastWeek(query: CostQuery): CostQuery {
  return { ...within(query), period: 'last_week', compare: 'previous' };
}

export function teams(query: CostQuery, month: Month): CostQuery {
  const base = monthSoFar(query, month);
  return { ...base, measures: [...base.measures, 'share'], by: ['team'] };
}

type Reporting = Pick<Source, 'source' | 'label' | 'grain'>;

/** Those that report by month, while the month is running. */
export function slow(month: Month, sources: readonly Reporting[] | undefined): Reporting[] {
  return month.running ? (sources?.filter((source) => source.grain === 'monthly') ?? []) : [];
}

/** Sources that report by month have nothing in a running month: they did not end, and are left out of it. */
export function movers(query: CostQuery, month: Month, sources: readonly Reporting[] | undefined): CostQuery {
  const monthly = slow(month, sources).map(({ source }) => source);
  const base = monthSoFar(query, month);
  const by = ['team', 'service'];
  if (monthly.length === 0) return { ...base, by };
  return { ...base, by, where: [...base.where, { dimension: 'source', negated: true, values: monthly.map(literal) }] };
}

export function daily(query: CostQuery, by: string[], month: Month): CostQuery {
  return { ...within(query), period: month.days, incomplete: 'include', grain: 'day', by, top: by.length ? 8 : null };
}

/** Everything that is asked of the running month, before it is known that it has any cost: it nearly always has. */
export function ahead(query: CostQuery, sources: readonly Reporting[] | undefined): CostQuery[] {
  const month = RUNNING;
  const charts = [daily(query, ['team'], month), daily(query, [], month)];
  return [lastWeek(query), teams(query, month), ...charts, ...(sources ? [movers(query, month, sources)] : [])];
}
