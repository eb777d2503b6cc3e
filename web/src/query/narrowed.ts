/**
 * A link beside a figure leads to that figure: of less than its page, the same period word could mean other days, so the
 * days that the figure is of are written out.
 */
import { type Days, daysBetween, known, shift } from '../format/dates';
import { remember, wordOf } from './drilled';
import { periodLabel } from './period';
import type { CostQuery } from './query';

const WRITTEN = /^\d{4}-\d{2}-\d{2}\.\./;
const FIXED = /^(all|\d{4}-\d{2}|FY\d{4}(-Q\d)?)$/; // the same lines for every question
const YEAR_DAYS = 365;

type Range = { start: string | null; end: string | null };

/** What an answer says of its days. */
export interface Dated {
  period: Range;
  compare?: Range | null | undefined;
}

/** A half-open range as an address says it. */
export function written(days: Days): string {
  return `${days.start.slice(0, 10)}..${shift(days.end.slice(0, 10), -1)}`;
}

/** The question over exactly the days of the answer that holds its figure. */
export function narrowed<Q extends CostQuery>(query: Q, answer: Dated | undefined): Q {
  const days = known(answer?.period);
  if (!days) return query;
  const whole = query.compare !== 'none' || query.normalise !== 'none';
  if (!FIXED.test(query.period) && !WRITTEN.test(query.period)) remember(written(days), query.period);
  if (!whole)
    return FIXED.test(query.period) || WRITTEN.test(query.period) ? query : { ...query, period: written(days) };
  const before = query.compare === 'none' ? null : known(answer?.compare);
  const compare = before ? written(before) : query.compare;
  // Days that a late source has not delivered stay in, as they do in the row that was clicked.
  return { ...query, period: written(days), compare, incomplete: 'include' };
}

/** Other days for a question: a comparison that a link wrote out is again one with the days before, or a year before. */
export function moved({ period: was, compare, incomplete }: CostQuery, period: string): Partial<CostQuery> {
  if (incomplete !== 'include' || !WRITTEN.test(was)) return { period };
  const back: Partial<CostQuery> = { period, incomplete: 'exclude' };
  if (!WRITTEN.test(compare)) return back;
  const days = daysBetween(compare.slice(0, 10), was.slice(0, 10));
  return { ...back, compare: days === YEAR_DAYS || days === YEAR_DAYS + 1 ? 'year' : 'previous' };
}

/** How the days of an address can be said: by the word that a link wrote out, where that is known, and as they stand. */
export function meanings(query: CostQuery): [Meaning, ...Meaning[]] {
  const asIs: Meaning = { label: periodLabel(query.period), change: {} };
  const word = wordOf(query.period);
  return word ? [{ label: periodLabel(word), change: moved(query, word) }, asIs] : [asIs];
}

export interface Meaning {
  label: string;
  change: Partial<CostQuery>;
}

/** Whether its days stand still while others come. */
export function isWritten(query: CostQuery): boolean {
  return WRITTEN.test(query.period);
}
