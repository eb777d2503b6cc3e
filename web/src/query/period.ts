/** Period words. The server resolves them against the data-complete day; here they are only named and stepped. */

import { daysBetween, isDay, monthEnd, monthName, range, shift, shiftMonth } from '../format/dates';
import { compare } from '../format/decimal';

export interface PeriodWord {
  word: string;
  label: string;
}

export const PERIODS: readonly PeriodWord[] = [
  { word: 'last_7_days', label: 'Last 7 days' },
  { word: 'last_30_days', label: 'Last 30 days' },
  { word: 'last_90_days', label: 'Last 90 days' },
  { word: 'last_week', label: 'Last week' },
  { word: 'month_to_date', label: 'This month so far' },
  { word: 'last_month', label: 'Last month' },
  { word: 'last_3_months', label: 'Last 3 months' },
  { word: 'last_12_months', label: 'Last 12 months' },
  { word: 'year_to_date', label: 'This year so far' },
  { word: 'all', label: 'Everything' },
];

/** Offered where the organisation's year does not begin in January; else they say the same as the words above. */
export const FISCAL_PERIODS: readonly PeriodWord[] = [
  { word: 'fiscal_quarter_to_date', label: 'This fiscal quarter so far' },
  { word: 'last_fiscal_quarter', label: 'Last fiscal quarter' },
  { word: 'fiscal_year_to_date', label: 'This fiscal year so far' },
  { word: 'last_fiscal_year', label: 'Last fiscal year' },
];
const FISCAL = /^FY(197[1-9]|19[89]\d|2\d{3})(?:-(Q[1-4]))?$/;
const NAMED = [...PERIODS, ...FISCAL_PERIODS];

const COUNTED = /^last_([1-9]\d{0,3})_(days|months)$/;
const DAYS_MAX = '3660';
const MONTHS_MAX = '120';
const PLAIN = ['all', 'today', 'yesterday', 'month_to_date', 'last_week', 'last_month', 'year_to_date'];
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export function isPeriod(text: string): boolean {
  if (PLAIN.includes(text) || MONTH.test(text) || FISCAL.test(text)) return true;
  if (FISCAL_PERIODS.some(({ word }) => word === text)) return true;
  const counted = COUNTED.exec(text);
  if (counted) return compare(counted[1] ?? '', counted[2] === 'days' ? DAYS_MAX : MONTHS_MAX) <= 0;
  const [first = '', last = ''] = text.split('..');
  return isDay(first) && isDay(last) && first <= last;
}

const SHORT_DAYS = 100;

/** Whether a period stands for so few days, whichever they are, that they can be drawn one by one. */
export function isShort(text: string): boolean {
  const [first = '', last = ''] = text.split('..');
  if (isDay(first) && isDay(last)) return daysBetween(first, last) < SHORT_DAYS;
  const days = /^last_([1-9]\d?)_days$/.test(text);
  return days || MONTH.test(text) || ['today', 'yesterday', 'month_to_date', 'last_week', 'last_month'].includes(text);
}

export function periodLabel(text: string): string {
  const known = NAMED.find((period) => period.word === text);
  if (known) return known.label;
  const counted = COUNTED.exec(text);
  if (counted) return `Last ${counted[1]} ${counted[2]}`;
  if (MONTH.test(text)) return monthName(text);
  if (FISCAL.test(text)) return text.replace('-', ' ');
  const [first, last] = text.split('..');
  if (first && last && isDay(first) && isDay(last)) return range(first, last);
  return text === 'yesterday' ? 'Yesterday' : text === 'today' ? 'Today' : text;
}

/** The range of the same length before or after the one an answer covered (half-open). */
export function step(covered: { start: string; end: string }, direction: -1 | 1): string {
  const start = covered.start.slice(0, 10);
  const last = shift(covered.end.slice(0, 10), -1);
  const month = start.slice(0, 7);
  if (start.endsWith('-01') && last === monthEnd(last.slice(0, 7)))
    return stepMonths(month, last.slice(0, 7), direction);
  if (start.endsWith('-01') && last.slice(0, 7) === month) return shiftMonth(month, direction);
  const days = daysBetween(start, covered.end.slice(0, 10)) * direction;
  return `${shift(start, days)}..${shift(last, days)}`;
}

function stepMonths(first: string, last: string, direction: -1 | 1): string {
  let months = 1;
  while (shiftMonth(first, months - 1) < last) months++;
  const from = shiftMonth(first, months * direction);
  const to = shiftMonth(last, months * direction);
  return from === to ? from : `${from}-01..${monthEnd(to)}`;
}
