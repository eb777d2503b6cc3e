/** What Home asks: fixed periods, under the reader's own filters, measure and currency. */
import { type CostQuery, DEFAULTS } from '../query/query';

function within(query: CostQuery): CostQuery {
  return { ...DEFAULTS, measures: query.measures.slice(0, 1), where: query.where, currency: query.currency };
}

export function monthSoFar(query: CostQuery): CostQuery {
  return { ...within(query), period: 'month_to_date', compare: 'previous' };
}

export function lastWeek(query: CostQuery): CostQuery {
  return { ...within(query), period: 'last_week', compare: 'previous' };
}

export function teams(query: CostQuery): CostQuery {
  const base = monthSoFar(query);
  return { ...base, measures: [...base.measures, 'share'], by: ['team'] };
}

export function movers(query: CostQuery): CostQuery {
  return { ...monthSoFar(query), by: ['team', 'service'] };
}

export function daily(query: CostQuery, by: string[]): CostQuery {
  return {
    ...within(query),
    period: 'last_30_days',
    incomplete: 'include',
    grain: 'day',
    by,
    top: by.length ? 8 : null,
  };
}
