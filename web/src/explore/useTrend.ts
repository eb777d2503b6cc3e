import { useMemo } from 'react';
import { fits, useAnswer } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { bucketsOf } from '../chart/spec';
import { known } from '../format/dates';
import { groupOf } from '../query/group';
import type { CostQuery } from '../query/query';
import { grainFor, levelOf, measureOf, trendQuery } from './questions';

export interface Trend {
  unit: 'day' | 'week' | 'month';
  waiting: boolean;
  of: (row: Row, dimension: string) => (string | null)[];
}

const NOTHING: (string | null)[] = [];

/** The points of each group in time: those of the matrix, so only the dearest groups have any. */
export function useTrend(query: CostQuery, groups: Answer): Trend {
  const unit = grainFor(query, known(groups.period));
  const { data: answer, isPending: waiting } = useAnswer(trendQuery(query, unit, groups));
  const measure = measureOf(query);
  const level = levelOf(query);
  return useMemo((): Trend => {
    const all = new Map<string, (string | null)[]>();
    if (!fits(answer, [measure, level, unit])) return { unit, waiting, of: () => NOTHING };
    const buckets = bucketsOf(
      known(answer.period),
      unit,
      answer.rows.map((row) => row[unit] ?? ''),
    );
    const places = new Map(buckets.map((bucket, index) => [bucket, index]));
    for (const row of answer.rows) {
      const key = `${groupOf(row, level)}\u0000${row.currency}`;
      const values = all.get(key) ?? buckets.map(() => null);
      values[places.get(row[unit] ?? '') ?? 0] = row[measure] ?? null;
      all.set(key, values);
    }
    return {
      unit,
      waiting,
      of: (row, dimension) => all.get(`${groupOf(row, dimension)}\u0000${row.currency}`) ?? NOTHING,
    };
  }, [answer, waiting, measure, level, unit]);
}
