import { useRef } from 'react';
import { useAnswer } from '../api/queries';
import { isZero } from '../format/decimal';
import type { CostQuery } from '../query/query';
import { type Month, monthly, monthSoFar, older, RUNNING } from './questions';

/** Undefined until it is known which month has something to show; while asked again, the month shown before stands. */
export function useMonth(query: CostQuery, enabled: boolean): Month | undefined {
  const measure = query.measures[0] ?? '';
  const shown = useRef<Month | undefined>(undefined);
  const running = useAnswer(monthSoFar(query), enabled);
  const nothing = running.data?.totals.every((total) => isZero(total[measure] ?? '0')) ?? false;
  const months = useAnswer(monthly(query), nothing);
  const failed = running.error !== null || months.error !== null;
  if (failed || (running.data && !nothing)) shown.current = RUNNING;
  else if (nothing && months.data) {
    const costly = months.data.rows.filter((row) => !isZero(row[measure] ?? '0'));
    const newest = costly
      .flatMap((row) => row.month ?? [])
      .sort()
      .at(-1);
    shown.current = newest ? older(newest) : RUNNING;
  }
  return shown.current;
}
