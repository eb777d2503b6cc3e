/** The one question every number answers; its text is the address, the API call and the command line's argument. */
import { cut, encodeWord, escapeName, NONE, parseValue, printValue, unescapeText, type Value } from './escape';
import { isPeriod } from './period';

export type Grain = 'none' | 'day' | 'week' | 'month';
export type Basis = 'charge' | 'billing';
export type Incomplete = 'exclude' | 'include';
export type Normalise = 'none' | 'day';

export interface Filter {
  dimension: string;
  negated: boolean;
  values: Value[]; // any of them
}

export interface CostQuery {
  measures: string[];
  period: string;
  by: string[];
  where: Filter[]; // all of them
  grain: Grain;
  compare: string; // none, previous, year, or a range
  normalise: Normalise; // 'day': sums divided by the days they are of
  top: number | null;
  basis: Basis;
  sort: string[]; // columns of the answer, "-" before those that fall
  currency: string[]; // answer only these
  knownOn: string | null;
  incomplete: Incomplete; // whether relative periods reach past the data-complete day
}

export interface Fault {
  word: string;
  value: string;
  nearest: string | null;
  fellBack: string;
}

export const DEFAULTS: CostQuery = {
  measures: ['effective_cost'],
  period: 'last_30_days',
  by: [],
  where: [],
  grain: 'none',
  compare: 'none',
  normalise: 'none',
  top: null,
  basis: 'charge',
  sort: [],
  currency: [],
  knownOn: null,
  incomplete: 'exclude',
};

export const GRAINS: readonly Grain[] = ['none', 'day', 'week', 'month'];
const COMPARES = ['none', 'previous', 'year'];
export const QUERY_WORDS = [
  'measures',
  'by',
  'where',
  'period',
  'grain',
  'basis',
  'compare',
  'normalise',
  'top',
  'sort',
  'currency',
  'known_on',
  'incomplete',
];

export type Words = [word: string, value: string][];

export function words(text: string): Words {
  return [...new URLSearchParams(text.replace(/^\?/, ''))];
}

export function parseFilter(text: string): Filter | null {
  const negated = text.startsWith('-');
  const [name, rest] = cut(negated ? text.slice(1) : text, ':', 2);
  if (!name || rest === undefined) return null;
  const values = cut(rest, ',').map(parseValue);
  if (values.some(({ marker, text }) => marker && text !== NONE.text)) return null; // the rest of a list is no value
  return { dimension: unescapeText(name), negated, values };
}

export function printFilter(filter: Filter): string {
  return `${filter.negated ? '-' : ''}${escapeName(filter.dimension)}:${filter.values.map(printValue).join(',')}`;
}

/** Reads the words of a question; what cannot be read is named, with what stands in for it. */
export function parseQuery(all: Words): { query: CostQuery; faults: Fault[] } {
  const query: CostQuery = { ...DEFAULTS, where: [] };
  const faults: Fault[] = [];
  for (const [word, value] of all) {
    if (!QUERY_WORDS.includes(word)) continue;
    const fault = read(query, word, value);
    if (fault) faults.push({ word, value, ...fault });
  }
  if (query.basis === 'billing' && (query.grain === 'day' || query.grain === 'week')) {
    faults.push({ word: 'grain', value: query.grain, nearest: 'month', fellBack: 'month' });
    query.grain = 'month';
  }
  return { query, faults };
}

type Fallback = Pick<Fault, 'nearest' | 'fellBack'> | null;

const readers: Record<string, (query: CostQuery, value: string) => Fallback> = {
  measures: (query, value) => {
    query.measures = cut(value, ',').map(unescapeText).filter(Boolean);
    return query.measures.length ? null : back(query, 'measures', [...DEFAULTS.measures]);
  },
  by: (query, value) => {
    query.by = cut(value, ',').map(unescapeText).filter(Boolean);
    return null;
  },
  where: (query, value) => {
    const filter = parseFilter(value);
    if (filter) query.where = [...query.where, filter];
    return filter ? null : { nearest: null, fellBack: '' };
  },
  period: (query, value) => one(query, 'period', value, isPeriod(value), PERIOD_HINTS),
  grain: (query, value) => one(query, 'grain', value, (GRAINS as readonly string[]).includes(value), GRAINS),
  compare: (query, value) =>
    one(query, 'compare', value, COMPARES.includes(value) || (value.includes('..') && isPeriod(value)), COMPARES),
  basis: (query, value) => one(query, 'basis', value, value === 'charge' || value === 'billing', ['charge', 'billing']),
  normalise: (query, value) => one(query, 'normalise', value, value === 'none' || value === 'day', ['none', 'day']),
  top: (query, value) => {
    const known = TOPS.find((top) => String(top) === value);
    query.top = known ?? null;
    return known ? null : { nearest: null, fellBack: 'all groups' };
  },
  sort: (query, value) => {
    query.sort = cut(value, ',').filter(Boolean);
    return null;
  },
  currency: (query, value) => {
    query.currency = cut(value, ',').filter((code) => /^[A-Z]{3}$/.test(code));
    return query.currency.length ? null : { nearest: null, fellBack: 'every currency' };
  },
  incomplete: (query, value) =>
    one(query, 'incomplete', value, value === 'exclude' || value === 'include', ['exclude', 'include']),
  known_on: (query, value) => {
    query.knownOn = /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;
    return query.knownOn ? null : { nearest: null, fellBack: 'as known now' };
  },
};

const PERIOD_HINTS = ['all', 'last_7_days', 'last_30_days', 'last_90_days', 'month_to_date', 'last_month', 'last_week'];
const TOPS: readonly number[] = Array.from({ length: 1000 }, (_, index) => index + 1);

function read(query: CostQuery, word: string, value: string): Fallback {
  return readers[word]?.(query, value) ?? null;
}

function back<K extends keyof CostQuery>(query: CostQuery, key: K, value: CostQuery[K]): Fallback {
  query[key] = value;
  return { nearest: null, fellBack: String(value) };
}

type Single = 'period' | 'grain' | 'compare' | 'normalise' | 'basis' | 'incomplete';

function one(query: CostQuery, key: Single, value: string, ok: boolean, known: readonly string[]): Fallback {
  if (ok) {
    Object.assign(query, { [key]: value });
    return null;
  }
  return { nearest: nearest(value, known), fellBack: DEFAULTS[key] };
}

/** Canonical words in canonical order, defaults left out. */
export function queryWords(query: CostQuery): Words {
  const fields: [string, string, string][] = [
    ['measures', query.measures.map(escapeName).join(','), DEFAULTS.measures.join(',')],
    ['by', query.by.map(escapeName).join(','), ''],
    ...query.where.map((filter): [string, string, string] => ['where', printFilter(filter), '']),
    ['period', query.period, DEFAULTS.period],
    ['grain', query.grain, 'none'],
    ['basis', query.basis, 'charge'],
    ['compare', query.compare, 'none'],
    ['normalise', query.normalise, 'none'],
    ['top', query.top === null ? '' : String(query.top), ''],
    ['sort', query.sort.join(','), ''],
    ['currency', query.currency.join(','), ''],
    ['known_on', query.knownOn ?? '', ''],
    ['incomplete', query.incomplete, 'exclude'],
  ];
  return fields.filter(([, value, usual]) => value !== usual).map(([word, value]) => [word, value]);
}

export function printWords(all: Words): string {
  return all.map(([word, value]) => `${encodeWord(word)}=${encodeWord(value)}`).join('&');
}

/** The text of the API call, of the command line's argument and of a saved view. */
export function printQuery(query: CostQuery): string {
  return printWords(queryWords(query));
}

/** The known word nearest to a bad one, when it is near at all. */
export function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known.map((name) => [distance(word, name), name] as const).sort((a, b) => a[0] - b[0]);
  const best = ranked[0];
  return best && best[0] <= Math.max(2, Math.floor(word.length / 2)) ? best[1] : null;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
