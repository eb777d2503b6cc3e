/** Decimal text, the form all amounts arrive in. Nothing here turns an amount into a binary number. */

export interface Parts {
  negative: boolean;
  whole: string; // digits without leading zeros, at least "0"
  fraction: string;
}

const FORM = /^([+-]?)(\d+)(?:\.(\d*))?$/;

export function split(text: string): Parts | null {
  const match = FORM.exec(text.trim());
  if (!match) return null;
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '');
  const fraction = match[3] ?? '';
  return { negative: match[1] === '-' && !/^0*$/.test(whole + fraction), whole, fraction };
}

export function isZero(text: string): boolean {
  const parts = split(text);
  return parts !== null && /^0*$/.test(parts.whole + parts.fraction);
}

export function isNegative(text: string): boolean {
  return split(text)?.negative ?? false;
}

/** Half away from zero, as invoices are rounded; the digits are carried by hand. */
export function round(text: string, places: number): Parts | null {
  const parts = split(text);
  if (!parts) return null;
  const kept = parts.fraction.slice(0, places).padEnd(places, '0');
  const up = (parts.fraction[places] ?? '0') >= '5';
  const digits = up ? increment(parts.whole + kept) : parts.whole + kept;
  const cut = digits.length - places;
  const whole = digits.slice(0, cut);
  const fraction = digits.slice(cut);
  return { negative: parts.negative && !/^0*$/.test(digits), whole, fraction };
}

function increment(digits: string): string {
  const nines = /9*$/.exec(digits)?.[0].length ?? 0;
  const head = digits.slice(0, digits.length - nines);
  const zeros = '0'.repeat(nines);
  if (head === '') return `1${zeros}`;
  const last = '0123456789'.indexOf(head.slice(-1));
  return head.slice(0, -1) + '123456789'.charAt(last) + zeros;
}

/** Order of two amounts, exact to the last digit; what is no amount comes first. */
export function compare(a: string | null, b: string | null): number {
  const left = a === null ? null : split(a);
  const right = b === null ? null : split(b);
  if (!left || !right) return left ? 1 : right ? -1 : 0;
  if (left.negative !== right.negative) return left.negative ? -1 : 1;
  const order = magnitude(left, right);
  return left.negative ? -order : order;
}

function magnitude(a: Parts, b: Parts): number {
  if (a.whole.length !== b.whole.length) return a.whole.length - b.whole.length;
  const width = Math.max(a.fraction.length, b.fraction.length);
  const left = a.whole + a.fraction.padEnd(width, '0');
  const right = b.whole + b.fraction.padEnd(width, '0');
  return left < right ? -1 : left > right ? 1 : 0;
}

export function absolute(text: string): string {
  return text.trim().replace(/^[+-]/, '');
}

/** Whether |text| is under |limit|. */
export function under(text: string, limit: string): boolean {
  return compare(absolute(text), limit) < 0;
}
