import { useMemo } from 'react';
import { fits, useAnswer } from '../api/queries';
import type { Row } from '../api/types';
import { groupOf } from '../query/group';
import type { CostQuery } from '../query/query';
import { levelOf, usageQuery } from './questions';

/** What a table of groups shows of their usage, where all of it is of one unit. */
export interface Usage {
  unit: string;
  currency: string;
  of: (row: Row, dimension: string) => Row | undefined;
}

const METERED = ['service', 'sku', 'resource', 'resource_type', 'cost_driver'];

/** Asked only where the filters narrow the slice to one thing: anything wider has several units. */
export function useUsage(query: CostQuery): Usage | null {
  const narrow = query.where.some(
    ({ dimension, negated, values }) => METERED.includes(dimension) && !negated && values.length === 1,
  );
  const { data, isPlaceholderData } = useAnswer(usageQuery(query), narrow);
  const level = levelOf(query);
  return useMemo(() => {
    if (!narrow || isPlaceholderData || !fits(data, [level, 'pricing_unit', 'effective_rate'])) return null;
    const units = new Set(data.rows.map((row) => row.pricing_unit));
    const [unit] = units;
    const [total, ...others] = data.totals;
    if (units.size !== 1 || !unit || !total || others.length > 0) return null;
    const rows = new Map(data.rows.map((row) => [groupOf(row, level), row]));
    const of = (row: Row, dimension: string) => (dimension === level ? rows.get(groupOf(row, level)) : undefined);
    return { unit, currency: total.currency ?? '', of };
  }, [narrow, isPlaceholderData, data, level]);
}
