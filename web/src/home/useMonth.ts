import { useAnswer } from '../api/queries';
import { isZero } from '../format/decimal';
import type { CostQuery } from '../query/query';
import { type Month, monthly, monthSoFar, older, RUNNING } from './questions';

/** Undefined until it is known which month has something to show. */
export function useMonth(query: CostQuery, enabled: boolean): Month | undefined {
  const measure = query.measures[0] ?? '';
  const running = useAnswer(monthSoFar(query), enabled);
  const nothing = running.data?.totals.every((total) => isZero(total[measure] ?? '0')) ?? false;
  const months = useAnswer(monthly(query), nothing);
  if (running.error || months.error) return RUNNING;
  if (!running.data || (nothing && !months.data)) return undefined;
  if (!nothing) return RUNNING;
  const newest = months.data?.rows
    .filter((row) => !isZero(row[measure] ?? '0'))
    .flatMap((row) => row.month ?? [])
    .sort()
    .at(-1);
  return newest ? older(newest) : RUNNING;
}
