/** Which filters hold after a value of a facet was chosen or left out. */
import { printValue, type Value } from '../query/escape';
import type { Filter } from '../query/query';

export const FACETS = [
  'provider',
  'team',
  'service',
  'sub_account',
  'region',
  'charge_category',
  'environment',
  'cost_driver',
] as const;

const same = (a: Value, b: Value) => printValue(a) === printValue(b);

/** Chosen again, a value is free again; chosen the other way round, it changes sides. */
export function toggled(where: readonly Filter[], dimension: string, value: Value, negated: boolean): Filter[] {
  const held = standing(where, dimension, value);
  const without = where
    .map((filter) =>
      filter.dimension === dimension ? { ...filter, values: filter.values.filter((old) => !same(old, value)) } : filter,
    )
    .filter((filter) => filter.values.length > 0);
  if (held === (negated ? 'out' : 'in')) return without;
  const at = without.findIndex((filter) => filter.dimension === dimension && filter.negated === negated);
  if (at < 0) return [...without, { dimension, negated, values: [value] }];
  return without.map((filter, index) => (index === at ? { ...filter, values: [...filter.values, value] } : filter));
}

export type Standing = 'in' | 'out' | '';

/** Whether a value is asked for, left out, or neither. */
export function standing(where: readonly Filter[], dimension: string, value: Value): Standing {
  const filter = where.find((item) => item.dimension === dimension && item.values.some((old) => same(old, value)));
  return filter ? (filter.negated ? 'out' : 'in') : '';
}
