/** Annotations and rules versions as one thing: what happened, on which days, to whose cost. */
import type * as schema from '../api/schema';
import type { Flag } from '../chart/spec';
import { type Days, halfOpen, monthEnd, shift } from '../format/dates';
import { parseFilter, words } from '../query/query';

export interface Happening {
  key: string;
  kind: string;
  start: string;
  end: string; // first day after it
  text: string;
  scope: string; // filters; empty: the whole estate
  annotation: schema.Annotation | null; // a version of the rules is none
}

/** Cause and effect lie this many days apart at most. */
export const NEAR_DAYS = 2;

export function ofAnnotation(annotation: schema.Annotation): Happening {
  const { id, kind, start, end, text, scope } = annotation;
  return { key: id, kind, start, end, text, scope, annotation };
}

export function ofVersion({ version, author, created_at }: schema.RulesVersion): Happening {
  const start = created_at.slice(0, 10);
  const text = `Version ${version} published by ${author}`;
  return { key: `rules ${version}`, kind: 'rules', start, end: shift(start, 1), text, scope: '', annotation: null };
}

/** Whether it touches the days from `start` to before `end`. */
export function within(one: Days, start: string, end: string): boolean {
  return one.start < end && one.end > start;
}

/** The days around a first and a last one in which a cause would lie; half-open. */
export function around(first: string, last: string): Days {
  return { start: shift(first.slice(0, 10), -NEAR_DAYS), end: shift(last.slice(0, 10), NEAR_DAYS + 1) };
}

export function nearTo(found: readonly Happening[], day: string | null): Happening[] {
  if (!day) return [];
  const { start, end } = around(day, day);
  return found.filter((one) => within(one, start, end));
}

/** Whether it may be about something with these values: its scope holds no dimension to others. */
export function mayTouch({ scope }: Happening, values: Readonly<Record<string, string | null>>): boolean {
  return words(scope).every(([, text]) => {
    const filter = parseFilter(text);
    const value = filter && values[filter.dimension];
    if (!filter || filter.negated || !value || filter.values.some(({ contains }) => contains)) return true;
    return filter.values.some(({ text: wanted }) => wanted === value);
  });
}

/** Where the flags of a chart stand: on the buckets that their days touch. */
export function flagsOf(
  found: readonly Happening[],
  buckets: readonly string[],
  grain: 'day' | 'week' | 'month',
): Flag[] {
  return found.flatMap((one) => {
    const touched = buckets.flatMap((bucket, at) => {
      const days = daysOf(bucket, grain);
      return within(one, days.start, days.end) ? [at] : [];
    });
    const [first] = touched;
    const last = touched.at(-1);
    if (first === undefined || last === undefined) return [];
    return [{ key: one.key, first, last, text: one.text, days: halfOpen(one) }];
  });
}

function daysOf(bucket: string, grain: 'day' | 'week' | 'month'): Days {
  const start = bucket.length === 7 ? `${bucket}-01` : bucket;
  const last = grain === 'month' ? monthEnd(bucket.slice(0, 7)) : shift(start, grain === 'week' ? 6 : 0);
  return { start, end: shift(last, 1) };
}

/** The days of the buckets from one to another, the last one included. */
export function daysFrom(
  first: string,
  last: string,
  grain: 'day' | 'week' | 'month',
): { first: string; last: string } {
  return { first: daysOf(first, grain).start, last: shift(daysOf(last, grain).end, -1) };
}

/** The days that a chart shows; half-open. */
export function spanOf(buckets: readonly string[], grain: 'day' | 'week' | 'month'): Days | null {
  const [first] = buckets;
  const last = buckets.at(-1);
  return first && last ? { start: daysOf(first, grain).start, end: daysOf(last, grain).end } : null;
}
