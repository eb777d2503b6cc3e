/** Order of answer rows by columns: amounts exactly, text as people read it; the rest and the missing last. */
import type { Row } from '../api/types';
import { compare, split } from '../format/decimal';
import { groupOf, NO_VALUE, REST } from '../query/group';
import type { Sort } from '../query/sort';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function ordered(rows: readonly Row[], sorts: readonly Sort[], dimension: string): Row[] {
  return [...rows].sort((a, b) => {
    let found = rank(a, dimension) - rank(b, dimension);
    for (const { id, desc } of sorts) found ||= cells(shown(a, id), shown(b, id), desc ? -1 : 1);
    return found;
  });
}

/** Values stand in the order of the names they are shown by. */
function shown(row: Row, id: string): string | null {
  return row[`${id}_label`] ?? row[id] ?? null;
}

function rank(row: Row, dimension: string): number {
  const key = groupOf(row, dimension);
  return key === NO_VALUE ? 2 : key === REST ? 1 : 0;
}

function cells(a: string | null, b: string | null, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return sign * (split(a) && split(b) ? compare(a, b) : collator.compare(a, b));
}
