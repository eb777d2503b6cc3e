/** From answers to a ChartSpec: what is drawn, in words and decimal text, without a drawing library. */
import type { Answer, Row } from '../api/types';
import { type Days, known, monday, shift, shiftMonth } from '../format/dates';
import { compare } from '../format/decimal';
import { count } from '../format/format';
import type { ChartForm } from '../query/address';
import { groupLabel, groupOf, NO_VALUE, REST, textOf, withValue } from '../query/group';
import { OTHER, type Swatch, swatches, UNALLOCATED } from './palette';

export type SeriesKind = 'group' | 'other' | 'missing' | 'total' | 'previous';

export interface Series {
  key: string;
  label: string;
  title?: string; // the label with the value behind it, where that is another
  kind: SeriesKind;
  swatch: Swatch;
  values: (string | null)[]; // one per bucket
}

/** One bar of a waterfall, from where to where; the server has added it up. */
export interface Step {
  kind: 'start' | 'part' | 'other' | 'end';
  key: string;
  label: string;
  amount: string;
  from: string;
  to: string;
}

/** Something that happened, on the buckets it touches. */
export interface Flag {
  key: string;
  first: number;
  last: number;
  text: string;
  days: string; // in words
}

export interface ChartSpec {
  form: ChartForm | 'waterfall';
  measure: string; // label of what is drawn
  unit: string; // currency code or unit of use
  grain: 'day' | 'week' | 'month';
  buckets: string[];
  partial: boolean[]; // buckets whose data is not complete
  series: Series[]; // bottom to top
  totals: (string | null)[]; // the server's own total per bucket, for the net line, tooltips and the summary
  previous: (string | null)[] | null; // the comparison's total per bucket
  steps?: readonly Step[]; // of a waterfall, one per bucket
  flags?: readonly Flag[]; // what happened meanwhile
}

export interface SpecInput {
  form: ChartForm;
  measure: string;
  currency: string;
  dimension: string | null; // what the series are
  grain: 'day' | 'week' | 'month';
  groups: Answer | undefined; // by dimension and bucket
  totals: Answer; // by bucket only
  ranking: readonly string[]; // groups, dearest first
  completeTo: string | null;
  slots?: Readonly<Record<string, number>> | undefined; // places the server keeps, from 1
}

/** Every bucket of the period, so that a day without a line shows as a gap in the bars and not as a shorter axis. */
export function bucketsOf(period: Days | null, grain: 'day' | 'week' | 'month', seen: readonly string[]): string[] {
  if (!period || seen.length === 0) return [];
  const sorted = [...new Set(seen)].sort();
  const month = sorted[0]?.length === 7; // billing periods are labels, not days
  const first = firstBucket(period.start, grain).slice(0, month ? 7 : 10);
  const next = (at: string) =>
    grain === 'month' ? `${shiftMonth(at.slice(0, 7), 1)}${at.slice(7)}` : shift(at, grain === 'day' ? 1 : 7);
  const out: string[] = [];
  for (let at = first; at < period.end.slice(0, at.length) || at === sorted.at(-1); at = next(at)) out.push(at);
  return sorted.every((bucket) => out.includes(bucket)) ? out : sorted;
}

function firstBucket(day: string, grain: 'day' | 'week' | 'month'): string {
  if (grain === 'month') return `${day.slice(0, 7)}-01`;
  return grain === 'week' ? monday(day) : day;
}

export function buildSpec(input: SpecInput): ChartSpec {
  const { totals, grain, measure, currency } = input;
  const rows = totals.rows.filter((row) => row.currency === currency);
  const buckets = bucketsOf(
    known(totals.period),
    grain,
    rows.map((row) => row[grain] ?? ''),
  );
  const at = new Map(buckets.map((bucket, index) => [bucket, index]));
  const spread = (from: readonly Row[], column: string) => {
    const out: (string | null)[] = buckets.map(() => null);
    for (const row of from) {
      const index = at.get(row[grain] ?? '');
      if (index !== undefined) out[index] = row[column] ?? null;
    }
    return out;
  };
  const previous = `previous_${measure}`;
  const label = totals.columns.find((column) => column.name === measure)?.label ?? measure;
  return {
    form: input.form,
    measure: label,
    unit: currency,
    grain,
    buckets,
    partial: buckets.map((bucket) => isPartial(bucket, grain, input.completeTo)),
    series: seriesOf(input, spread),
    totals: spread(rows, measure),
    previous: rows.some((row) => row[previous] !== undefined) ? spread(rows, previous) : null,
  };
}

export function isPartial(bucket: string, grain: string, completeTo: string | null): boolean {
  if (!completeTo) return false;
  const last =
    grain === 'day'
      ? bucket
      : grain === 'week'
        ? shift(bucket, 6)
        : shift(`${shiftMonth(bucket.slice(0, 7), 1)}-01`, -1);
  return last > completeTo;
}

type Spread = (from: readonly Row[], column: string) => (string | null)[];

function seriesOf(
  { groups, dimension, measure, currency, ranking, totals, slots }: SpecInput,
  spread: Spread,
): Series[] {
  if (!groups || !dimension) {
    const rows = totals.rows.filter((row) => row.currency === currency);
    return [
      {
        key: 'total',
        label: 'Total',
        kind: 'total',
        swatch: { slot: 0, texture: 'solid' },
        values: spread(rows, measure),
      },
    ];
  }
  const byGroup = new Map<string, Row[]>();
  for (const row of groups.rows) {
    if (row.currency !== currency) continue;
    const key = groupOf(row, dimension);
    byGroup.set(key, [...(byGroup.get(key) ?? []), row]);
  }
  const order = rankOf([...byGroup.keys()], ranking);
  const colours = swatches(
    dimension,
    order.map(textOf).filter((text) => text !== null),
    slots,
  );
  const rest = groups.other_groups[currency];
  return order.map((key) => {
    const rows = byGroup.get(key) ?? [];
    const own = rows.find((row) => row[`${dimension}_label`])?.[`${dimension}_label`];
    return {
      key,
      ...(own && { title: withValue(own, textOf(key)) }),
      label: own ?? `${groupLabel(key, dimension)}${key === REST && rest ? ` (${count(rest)})` : ''}`,
      kind: key === NO_VALUE ? 'missing' : key === REST ? 'other' : 'group',
      swatch: key === NO_VALUE ? UNALLOCATED : key === REST ? OTHER : (colours.get(textOf(key) ?? '') ?? UNALLOCATED),
      values: spread(rows, measure),
    };
  });
}

/** Dearest first; Other and what has no value always last. */
export function rankOf(groups: readonly string[], ranking: readonly string[]): string[] {
  const place = (key: string) => {
    if (key === NO_VALUE) return Number.POSITIVE_INFINITY;
    if (key === REST) return Number.MAX_SAFE_INTEGER;
    const rank = ranking.indexOf(key);
    return rank < 0 ? ranking.length : rank;
  };
  return [...groups].sort((a, b) => place(a) - place(b));
}

/** Index of the largest amount; -1 when there is none. */
export function largest(values: readonly (string | null)[]): number {
  let best = -1;
  values.forEach((value, index) => {
    if (value !== null && (best < 0 || compare(value, values[best] ?? null) > 0)) best = index;
  });
  return best;
}
