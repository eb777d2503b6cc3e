import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { saidDays } from '../../src/format/dates';
import { compare, round } from '../../src/format/decimal';
import {
  axis,
  bytes,
  compact,
  count,
  exact,
  fixed,
  marks,
  money,
  percent,
  quantity,
  rate,
  setLocale,
  shortened,
  wholePercent,
} from '../../src/format/format';

setLocale('en-US');
const THIN = '\u202f';

describe('money', () => {
  test.each([
    ['0', '0.00'],
    ['1234567.894', '1,234,567.89'],
    ['1234567.895', '1,234,567.90'],
    ['-1800', '−1,800.00'],
    ['0.004', '<0.01'],
    ['-0.0000000001', '−<0.01'],
    ['0.005', '0.01'],
    ['999999999999999999.995', '1,000,000,000,000,000,000.00'],
    ['-0.00', '0.00'],
    ['', '–'],
    ['abc', '–'],
  ])('%s is printed as %s', (text, printed) => expect(money(text)).toBe(printed));

  test('no data is a dash, never a zero', () => {
    expect(money(null)).toBe('–');
    expect(percent(undefined)).toBe('–');
    expect(wholePercent('')).toBe('–');
    expect(count(null)).toBe('–');
  });

  test('every digit stays in the exact form', () =>
    expect(exact('7724.0837549008280096')).toBe('7,724.0837549008280096'));
});

test('an estimate has no digits that nobody measured', () => {
  expect(wholePercent('91')).toBe(`91${THIN}%`);
  expect(percent('91')).toBe(`91.0${THIN}%`);
});

test('compact figures for tiles', () => {
  expect(compact('412310.22')).toBe(`412.3${THIN}k`);
  expect(compact('1240000')).toBe(`1.24${THIN}M`);
  expect(compact('99999.4')).toBe('99,999');
  expect(compact('999.5')).toBe('999.50');
  expect(compact('-2500000000')).toBe(`−2.50${THIN}B`);
});

test('quantities and rates keep the digits that matter', () => {
  expect(quantity('260992754.123')).toBe('260,992,754');
  expect(quantity('1.23456')).toBe('1.235');
  expect(quantity('0.00001')).toBe('<0.001');
  expect(rate('0.000024')).toBe('0.00002400');
  expect(rate('0.0619')).toBe('0.06190');
  expect(rate('6.25')).toBe('6.2500');
});

test('an axis has one unit', () => {
  expect(axis(0, 300_000)).toBe('0');
  expect(axis(50_000, 300_000)).toBe(`50${THIN}k`);
  expect(axis(250_000, 2_000_000)).toBe(`0.25${THIN}M`);
  expect(axis(-2000, 3000)).toBe('−2,000');
  expect(axis(0.5, 2)).toBe('0.5');
  expect(axis(0.00002, 0.00004)).toBe('0.00002');
  expect(axis(5e-8, 1e-7)).toBe('0.00000005');
});

test('the separators are those of the reader', () => {
  expect(marks('de-DE')).toEqual({ group: '.', decimal: ',' });
  setLocale('de-DE');
  expect(money('1234.5')).toBe('1.234,50');
  setLocale('en-US');
});

const amounts = fc
  .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 18 }))
  .map(([units, places]) => ({ units, places, text: text(units, places) }));

function text(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const body = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return units < 0n ? `-${body}` : body;
}

test('rounding is half away from zero, for any amount', () => {
  fc.assert(
    fc.property(amounts, ({ units, places, text: amount }) => {
      const scale = 10n ** BigInt(18 - places);
      const atto = (units < 0n ? -units : units) * scale;
      const cents = (atto + 5n * 10n ** 15n) / 10n ** 16n;
      const parts = round(amount, 2);
      expect(`${parts?.whole}${parts?.fraction}`.replace(/^0+(?=\d)/, '')).toBe(String(cents));
      expect(fixed(amount, 2).startsWith('−')).toBe(units < 0n && cents > 0n);
    }),
  );
});

test('amounts are ordered exactly', () => {
  fc.assert(
    fc.property(amounts, amounts, (a, b) => {
      const left = a.units * 10n ** BigInt(18 - a.places);
      const right = b.units * 10n ** BigInt(18 - b.places);
      expect(Math.sign(compare(a.text, b.text))).toBe(left < right ? -1 : left > right ? 1 : 0);
    }),
  );
});

test('days within a sentence are said as days, those within names are not', () => {
  expect(saidDays('North is late: data to 2026-11-14, 15.7 % of cost. Since 2026-10-31.')).toBe(
    'North is late: data to 14 Nov 2026, 15.7 % of cost. Since 31 Oct 2026.',
  );
  for (const name of ['bill-2026-11-01.csv', '2026-11-01.csv', 'a/2026-11-01/b', '2026-99-99'])
    expect(saidDays(name)).toBe(name);
});

test('a long name keeps both ends', () => {
  expect(shortened('arn:x:0001:gateway/nat-0d92', 15)).toBe('arn:…y/nat-0d92');
  expect(shortened('Relation of a Database Service', 15)).toBe('Relatio…Service');
  expect(shortened('short', 15)).toBe('short');
});

test('sizes have the marks of sizes', () => {
  expect([bytes(812), bytes(48_211), bytes(10_737_418_240), bytes(2_500_000_000_000), bytes(null)]).toEqual([
    '812\u202fB',
    '48.2\u202fkB',
    '10.7\u202fGB',
    '2.50\u202fTB',
    '–',
  ]);
});
