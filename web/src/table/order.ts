/** Order of answer rows by a column: amounts exactly, text as people read it; the rest and the missing last. */
import type { Row } from '../api/types';
import { compare, split } from '../format/decimal';
import { groupOf, NO_VALUE, REST } from '../query/group';
import type { Sort } from './DataTable';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function ordered(rows: readonly Row[], sort: Sort, dimension: string): Row[] {
  const sign = sort.desc ? -1 : 1;
  return [...rows].sort(
    (a, b) => rank(a, dimension) - rank(b, dimension) || cells(a[sort.id] ?? null, b[sort.id] ?? null, sign),
  );
}

function rank(row: Row, dimension: string): number {
  const key = groupOf(row, dimension);
  return key === NO_VALUE ? 2 : key === REST ? 1 : 0;
}

function cells(a: string | null, b: string | null, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return sign * (split(a) && split(b) ? compare(a, b) : collator.compare(a, b));
}

/** "-billed_cost" in the address is a falling order. */
export function sortOf(words: readonly string[], standard: Sort): Sort {
  const [word] = words;
  return word ? { id: word.replace(/^-/, ''), desc: word.startsWith('-') } : standard;
}

export function sortWord(sort: Sort): string {
  return `${sort.desc ? '-' : ''}${sort.id}`;
}
