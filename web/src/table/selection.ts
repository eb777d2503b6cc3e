/** Rows that were ticked; with Shift, every row between the last one and this. */
export interface Ticked {
  keys: ReadonlySet<string>;
  last: string | null;
}

export const NONE_TICKED: Ticked = { keys: new Set(), last: null };

export function tick(held: Ticked, key: string, order: readonly string[], range: boolean): Ticked {
  const on = !held.keys.has(key);
  const keys = new Set(held.keys);
  const from = range && held.last !== null ? order.indexOf(held.last) : -1;
  const to = order.indexOf(key);
  const between = from < 0 || to < 0 ? [key] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const one of between) {
    if (on) keys.add(one);
    else keys.delete(one);
  }
  return { keys, last: key };
}
