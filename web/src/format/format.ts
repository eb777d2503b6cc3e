/** The one formatter: every number on a page is printed here, from the decimal text of an answer. */
import { absolute, isNegative, isZero, round, split, under } from './decimal';

export const MINUS = '−';
export const NO_DATA = '–';
const THIN = '\u202f';

interface Marks {
  group: string;
  decimal: string;
}

/** The reader's own separators; asked of the browser once. */
export function marks(locale?: string): Marks {
  const parts = new Intl.NumberFormat(locale).formatToParts(1234567.8);
  const find = (type: string) => parts.find((part) => part.type === type)?.value;
  return { group: find('group') ?? ',', decimal: find('decimal') ?? '.' };
}

let own: Marks = marks();
export function setLocale(locale?: string): void {
  own = marks(locale);
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, own.group);
}

function signed(negative: boolean, text: string): string {
  return negative ? MINUS + text : text;
}

/** Fixed places, grouped: "1,234.50". */
export function fixed(text: string | null | undefined, places: number): string {
  const parts = text === null || text === undefined ? null : round(text, places);
  if (!parts) return NO_DATA;
  const fraction = places > 0 ? own.decimal + parts.fraction : '';
  return signed(parts.negative, grouped(parts.whole) + fraction);
}

/** Table money: two decimals; a non-zero amount under a cent says so instead of pretending to be nothing. */
export function money(text: string | null | undefined): string {
  if (text === null || text === undefined || !split(text)) return NO_DATA;
  if (!isZero(text) && under(text, '0.005')) return `${isNegative(text) ? MINUS : ''}<0${own.decimal}01`;
  return fixed(text, 2);
}

/** Every digit there is. */
export function exact(text: string | null | undefined): string {
  const parts = text === null || text === undefined ? null : split(text);
  if (!parts) return NO_DATA;
  const fraction = parts.fraction.replace(/0+$/, '').padEnd(2, '0');
  return signed(parts.negative, grouped(parts.whole) + own.decimal + fraction);
}

export function exactQuantity(text: string | null | undefined): string {
  const parts = text === null || text === undefined ? null : split(text);
  if (!parts) return NO_DATA;
  const fraction = parts.fraction.replace(/0+$/, '');
  return signed(parts.negative, grouped(parts.whole) + (fraction ? own.decimal + fraction : ''));
}

/** Quantities: up to three decimals, none when the number is large. */
export function quantity(text: string | null | undefined): string {
  if (text === null || text === undefined || !split(text)) return NO_DATA;
  if (!isZero(text) && under(text, '0.0005')) return `${isNegative(text) ? MINUS : ''}<0${own.decimal}001`;
  if (!under(text, '1000')) return fixed(text, 0);
  return under(text, '10') ? fixed(text, 3) : fixed(text, 2);
}

/** Prices per unit: five figures that matter, however small the price. */
export function rate(text: string | null | undefined): string {
  const parts = text === null || text === undefined ? null : split(text);
  if (!parts || text === null || text === undefined) return NO_DATA;
  if (!under(text, '1')) return fixed(text, 4);
  const lead = /^0*/.exec(parts.fraction)?.[0].length ?? 0;
  return lead === parts.fraction.length ? fixed(text, 2) : fixed(text, Math.min(18, lead + 4));
}

export function count(value: number | string | null | undefined): string {
  return value === null || value === undefined ? NO_DATA : fixed(String(value), 0);
}

const STEPS: readonly [digits: number, mark: string][] = [
  [12, 'T'],
  [9, 'B'],
  [6, 'M'],
  [3, 'k'],
];

/** Of bytes a thousand million is G. */
const SIZE_STEPS = STEPS.map(([digits, mark]) => [digits, mark === 'B' ? 'G' : mark] as const);

/** Tiles and axes: "1.24 M" from 100,000 on; below it, whole units from 1,000 on. */
export function compact(text: string | null | undefined): string {
  const parts = text === null || text === undefined ? null : split(text);
  if (!parts || text === null || text === undefined) return NO_DATA;
  if (parts.whole.length < 4) return money(text);
  if (parts.whole.length < 6) return fixed(text, 0);
  return scaled(text, STEPS.find(([digits]) => parts.whole.length > digits) ?? [3, 'k']);
}

function scaled(text: string, [digits, mark]: readonly [number, string]): string {
  const parts = split(text);
  if (!parts) return NO_DATA;
  const cut = parts.whole.length - digits;
  const shifted = `${parts.whole.slice(0, cut)}.${parts.whole.slice(cut)}`;
  const places = cut === 1 ? 2 : cut === 2 ? 1 : 1;
  return signed(parts.negative, fixed(shifted, places)) + THIN + mark;
}

/** Axis labels: the chart's own round positions, one unit for the whole axis. */
export function axis(position: number, widest: number): string {
  const text = plain(position);
  const parts = split(text);
  const whole = split(plain(widest))?.whole ?? '0';
  if (!parts) return '';
  if (whole.length < 6)
    return fixed(text, Number.isInteger(position) ? 0 : Math.min(places(widest), parts.fraction.length));
  const step = STEPS.find(([digits]) => whole.length > digits) ?? ([3, 'k'] as const);
  const padded = parts.whole.padStart(step[0] + 1, '0');
  const cut = padded.length - step[0];
  const fraction = padded.slice(cut).replace(/0+$/, '');
  const body = grouped(padded.slice(0, cut)) + (fraction ? own.decimal + fraction : '');
  return isZero(text) ? '0' : signed(parts.negative, body) + THIN + step[1];
}

/** Digits behind the point by which the steps of an axis differ, however low it is. */
function places(widest: number): number {
  const parts = split(plain(widest));
  const small = parts && /^0*$/.test(parts.whole);
  return small ? (/^0*/.exec(parts.fraction)?.[0].length ?? 0) + 4 : 4;
}

function plain(position: number): string {
  const text = String(position);
  return /e/i.test(text) ? position.toFixed(12).replace(/0+$/, '') : text;
}

/** Share and change text come from the server with one digit: "12.5". */
export function percent(text: string | null | undefined): string {
  return text === null || text === undefined || !split(text) ? NO_DATA : `${fixed(text, 1)}${THIN}%`;
}

/** Of what is estimated: the server says it without digits behind the point, and none are made up. */
export function wholePercent(text: string): string {
  return split(text) ? `${fixed(text, 0)}${THIN}%` : NO_DATA;
}

/** Sizes: "812 B", "1.24 MB", "10.7 GB". */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return NO_DATA;
  const text = String(value);
  return under(text, '1000')
    ? `${count(value)}${THIN}B`
    : `${scaled(text, SIZE_STEPS.find(([digits]) => text.length > digits) ?? [3, 'k'])}B`;
}

/** Long names keep both ends; identifiers, which are names without a blank, differ at the last one and keep more of it. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor(/\s/.test(text) ? most / 2 : (most * 2) / 3);
  return `${text.slice(0, most - end - 1)}…${text.slice(-end)}`;
}

export { absolute, isNegative, isZero };
