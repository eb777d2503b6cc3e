/** Colour slots of web design section 4. A test recomputes their distances; they do not change without it. */

export interface Palette {
  slots: readonly string[];
  grey: string;
  background: string;
  ink: string;
  muted: string;
  line: string;
  accent: string;
}

export const LIGHT: Palette = {
  slots: ['#5B83F8', '#9C5860', '#6B2AA0', '#04502D', '#B48952', '#742651', '#756A24', '#037687'],
  grey: '#8A8F98',
  background: '#FFFFFF',
  ink: '#1B2130',
  muted: '#5A6373',
  line: '#E3E6EB',
  accent: '#2A5BD7',
};

export const DARK: Palette = {
  slots: ['#7F9FD7', '#C37D70', '#8E51C7', '#307609', '#F9BB93', '#BC3066', '#ABA300', '#51DDD2'],
  grey: '#7A828D',
  background: '#14181F',
  ink: '#E8EBF0',
  muted: '#A2ABB8',
  line: '#2A303A',
  accent: '#8FB0FF',
};

export type Texture = 'solid' | 'hatch' | 'dots';
export interface Swatch {
  slot: number; // 0 to 7; -1 is grey
  texture: Texture;
}

export const UNALLOCATED: Swatch = { slot: -1, texture: 'solid' };
export const OTHER: Swatch = { slot: -1, texture: 'hatch' };

export function colourOf(swatch: Swatch, palette: Palette): string {
  return palette.slots[swatch.slot] ?? palette.grey;
}

const TEXTURES: readonly Texture[] = ['solid', 'hatch', 'dots'];
const PLACES = 24;

export function swatchAt(place: number): Swatch {
  return { slot: place % 8, texture: TEXTURES[Math.floor(place / 8) % 3] ?? 'solid' };
}

/**
 * A place per entity, never per rank: who has one keeps it, newcomers take the first free one in the order given.
 * Beyond 24 the places repeat; a chart never shows as many.
 */
export function places(names: readonly string[], kept: Readonly<Record<string, number>>): Record<string, number> {
  const out = records(kept);
  const taken = new Set(Object.values(kept));
  for (const name of names) {
    if (out[name] !== undefined) continue;
    let place = 0;
    while (place < PLACES && taken.has(place)) place++;
    out[name] = place < PLACES ? place : Object.keys(out).length % PLACES;
    taken.add(out[name]);
  }
  return out;
}

const KEY = 'outlay.colours.';

/**
 * Swatches of a dimension's values: the server's places, counted from 1; who has none there keeps the place this
 * browser gave, unless somebody shown beside it stands on it.
 */
export function swatches(
  dimension: string,
  names: readonly string[],
  slots: Readonly<Record<string, number>> = {},
): Map<string, Swatch> {
  const server = records(slots);
  const given = pick(names, (name) => (server[name] ? server[name] - 1 : undefined));
  const taken = new Set(Object.values(given));
  const kept = recall(dimension);
  const own = pick(names, (name) =>
    given[name] === undefined && !taken.has(kept[name] ?? -1) ? kept[name] : undefined,
  );
  const free = taken.size ? own : kept;
  const all = places(names, Object.assign(records(free), given));
  const mine = pick(names, (name) => (given[name] === undefined ? all[name] : undefined));
  if (Object.keys(mine).some((name) => kept[name] === undefined)) remember(dimension, Object.assign(mine, kept));
  return new Map(names.map((name) => [name, swatchAt(all[name] ?? 0)]));
}

/** A value may be called `constructor`: nothing but what was put in is found. */
function records(from: Readonly<Record<string, number>> = {}): Record<string, number> {
  return Object.assign(Object.create(null), from);
}

function pick(names: readonly string[], place: (name: string) => number | undefined): Record<string, number> {
  const out = records();
  for (const name of names) {
    const at = place(name);
    if (at !== undefined) out[name] = at;
  }
  return out;
}

const session = new Map<string, Record<string, number>>();

function recall(dimension: string): Record<string, number> {
  const known = session.get(dimension);
  if (known) return known;
  try {
    return records(JSON.parse(localStorage.getItem(KEY + dimension) ?? '{}') as Record<string, number>);
  } catch {
    return records();
  }
}

function remember(dimension: string, all: Record<string, number>): void {
  session.set(dimension, all);
  try {
    if (Object.keys(all).length <= 200) localStorage.setItem(KEY + dimension, JSON.stringify(all));
  } catch {
    // Storage closed or full: the colours hold for this visit.
  }
}
