import { useRef } from 'react';
import { useAnswer, useStatus } from '../api/queries';
import { known } from '../format/dates';
import { isZero } from '../format/decimal';
import type { CostQuery } from '../query/query';
import { type Month, monthly, monthSoFar, older, RUNNING, running } from './questions';

/** Undefined until it is known which month has something to show; while asked again, the month shown before stands. */
export function useMonth(query: CostQuery, enabled: boolean): Month | undefined {
  const today = useStatus().data?.today;
  const measure = query.measures[0] ?? '';
  const shown = useRef<Month | undefined>(undefined);
  const asked = useAnswer(monthSoFar(query), enabled);
  const nothing = asked.data?.totals.every((total) => isZero(total[measure] ?? '0')) ?? false;
  const months = useAnswer(monthly(query), nothing);
  const failed = asked.error !== null || months.error !== null;
  if (failed) shown.current = RUNNING;
  else if (asked.data && !nothing) shown.current = running(known(asked.data.period), today);
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
