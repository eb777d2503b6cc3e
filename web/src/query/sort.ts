/** Words of an order: "-billed_cost" falls; the first decides, the next where it leaves rows equal. */
import { escapeName, unescapeText } from './escape';

export interface Sort {
  id: string;
  desc: boolean;
}

export function parseSort(word: string): Sort {
  const desc = word.startsWith('-');
  return { id: unescapeText(desc ? word.slice(1) : word), desc };
}

export function sortWord({ id, desc }: Sort): string {
  return `${desc ? '-' : ''}${escapeName(id)}`;
}

/** The order in the address, or the usual one of the table. */
export function sortsOf(words: readonly string[], usual: Sort): Sort[] {
  return words.length ? words.map(parseSort) : [usual];
}

/** What a press on a column's head makes of the order; with `more` it is added to those before it. */
export function pressed(sorts: readonly Sort[], id: string, falls: boolean, more: boolean): Sort[] {
  const held = sorts.find((sort) => sort.id === id);
  const next = { id, desc: held ? !held.desc : falls };
  if (!more) return [next];
  return held ? sorts.map((sort) => (sort.id === id ? next : sort)) : [...sorts, next];
}
