/** Billing days are UTC calendar days as billed; they are text and never pass through the reader's time zone. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const DAY_MS = 86_400_000;

function instant(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(instant(text)) && shift(text, 0) === text;
}

export function shift(day: string, days: number): string {
  return new Date(instant(day) + days * DAY_MS).toISOString().slice(0, 10);
}

export function daysBetween(start: string, end: string): number {
  return Math.round((instant(end) - instant(start)) / DAY_MS);
}

export function shiftMonth(month: string, months: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 7);
}

export function monthEnd(month: string): string {
  return shift(`${shiftMonth(month, 1)}-01`, -1);
}

export function today(now: Date = new Date()): string {
  return now.toISOString().slice(0, 10);
}

function piece(day: string): { day: string; month: string; year: string } {
  return {
    day: day.slice(8, 10).replace(/^0/, ''),
    month: MONTHS[new Date(instant(day)).getUTCMonth()] ?? '',
    year: day.slice(0, 4),
  };
}

/** "17 Nov", and "17 Nov 2025" where the year is not plain from the context. */
export function shortDay(day: string, year = false): string {
  const at = piece(day);
  return `${at.day} ${at.month}${year ? ` ${at.year}` : ''}`;
}

/** A sentence of the server with its days as people say them; the names of files keep theirs. */
export function saidDays(sentence: string): string {
  return sentence.replace(/(?<![\w./-])\d{4}-\d{2}-\d{2}(?![\w/-]|\.\w)/g, (day) =>
    isDay(day) ? shortDay(day, true) : day,
  );
}

export function weekday(day: string): string {
  return WEEKDAYS[new Date(instant(day)).getUTCDay()] ?? '';
}

/** Weeks begin on Monday. */
export function monday(day: string): string {
  return shift(day, -((new Date(instant(day)).getUTCDay() + 6) % 7));
}

/** "Nov 2026" from "2026-11" or any day in it; files that nobody could read have no month. */
export function monthName(label: string): string {
  if (label === '') return '–';
  const at = piece(`${label.slice(0, 7)}-01`);
  return `${at.month} ${at.year}`;
}

/** "April" from "04". */
export function monthLong(month: string): string {
  const names = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' });
  return names.format(new Date(`2000-${month}-01T00:00:00Z`));
}

/** Both ends included, as people say it: "1–17 Nov 2026", "28 Oct – 4 Nov 2026". */
export function range(first: string, last: string): string {
  const a = piece(first);
  const b = piece(last);
  if (first === last) return shortDay(first, true);
  const month = first.slice(0, 7);
  if (first.endsWith('-01') && last === monthEnd(month)) return monthName(month);
  if (a.month === b.month && a.year === b.year) return `${a.day}–${b.day} ${b.month} ${b.year}`;
  if (a.year === b.year) return `${a.day} ${a.month} – ${b.day} ${b.month} ${b.year}`;
  return `${a.day} ${a.month} ${a.year} – ${b.day} ${b.month} ${b.year}`;
}

/** Half-open, both days known. */
export interface Days {
  start: string;
  end: string;
}

type Range = { start: string | null; end: string | null };

/** An answer without any data has no days. */
export function known(range: Range | null | undefined): Days | null {
  return range?.start && range.end ? { start: range.start, end: range.end } : null;
}

/** A half-open range of an answer, said with its last day included. */
export function halfOpen(days: Range): string {
  const period = known(days);
  if (!period) return 'no days';
  return range(period.start.slice(0, 10), shift(period.end.slice(0, 10), -1));
}

/** "18 Nov 06:12 UTC" */
export function moment(iso: string): string {
  const day = iso.slice(0, 10);
  return `${shortDay(day, true)}, ${iso.slice(11, 16)} UTC`;
}

/** A bucket of an answer as an axis says it; a table prints the ISO text itself. */
export function bucketLabel(bucket: string, grain: string): string {
  if (grain === 'month') return monthName(bucket);
  return shortDay(bucket);
}

export interface FiscalCalendar {
  fiscal_year_starts: number;
  fiscal_year_named: 'start' | 'end';
}

/** What the organisation calls the fiscal year or quarter that begins on a day: FY2027, FY2027 Q1. */
export function fiscalName(start: string, quarter: boolean, calendar: FiscalCalendar): string {
  const since = (Number(start.slice(5, 7)) - calendar.fiscal_year_starts + 12) % 12;
  const began = Number(shiftMonth(start.slice(0, 7), -since).slice(0, 4));
  const year = began + (calendar.fiscal_year_named === 'end' && calendar.fiscal_year_starts > 1 ? 1 : 0);
  return `FY${year}${quarter ? ` Q${Math.floor(since / 3) + 1}` : ''}`;
}

/** How long something took: "3 s", "2 min 10 s", "1 h 5 min"; under a second it says so. */
export function lasted(start: string, end: string): string {
  const seconds = Math.round((Date.parse(end) - Date.parse(start)) / 1000);
  if (!(seconds >= 1)) return '<1 s';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}
