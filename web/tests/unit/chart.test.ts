import { describe, expect, test } from 'vitest';
import type { Answer, Row } from '../../src/api/types';
import { toOptions } from '../../src/chart/options';
import { LIGHT } from '../../src/chart/palette';
import { bucketsOf, buildSpec, type SpecInput } from '../../src/chart/spec';
import { reading, summary } from '../../src/chart/summary';
import { setLocale } from '../../src/format/format';

setLocale('en-US');
const look = { palette: LIGHT, width: 900, font: 'sans-serif' };

function answer(rows: Row[]): Answer {
  return {
    query: '',
    period: { start: '2026-11-01', end: '2026-11-04' },
    compare: null,
    basis: 'charge',
    columns: [{ name: 'effective_cost', label: 'Effective cost', kind: 'measure', unit: 'currency' }],
    rows,
    totals: [],
    names: {},
    row_count: rows.length,
    other_groups: {},
    complete_to: '2026-11-02',
    data_to: {},
    known_on: null,
    detail_kept: true,
    generations: '',
    rules_version: 1,
    warnings: [],
    next: null,
  };
}

const row = (day: string, team: string | null, cost: string, currency = 'EUR'): Row => ({
  day,
  team,
  currency,
  effective_cost: cost,
});
const groups = answer([
  { ...row('2026-11-01', '(other)', '1'), rest: 'true' },
  row('2026-11-01', null, '2'),
  row('2026-11-01', 'search', '3'),
  row('2026-11-01', 'checkout', '10'),
  row('2026-11-02', 'checkout', '-4'),
  row('2026-11-02', 'search', '1'),
  row('2026-11-03', 'checkout', '5'),
  row('2026-11-01', 'checkout', '99', 'USD'),
]);
const totals = answer([row('2026-11-01', null, '16'), row('2026-11-02', null, '-3'), row('2026-11-03', null, '5')]);
const input: SpecInput = {
  form: 'bars',
  measure: 'effective_cost',
  currency: 'EUR',
  dimension: 'team',
  grain: 'day',
  groups,
  totals,
  ranking: ['checkout', 'search', '(none)'],
  completeTo: '2026-11-02',
};

describe('spec', () => {
  const spec = buildSpec(input);
  test('dearest first, Other and Unallocated last and grey', () => {
    expect(spec.series.map(({ label }) => label)).toEqual(['checkout', 'search', 'Other', 'Unallocated']);
    expect(spec.series.map(({ kind }) => kind)).toEqual(['group', 'group', 'other', 'missing']);
    expect(spec.series.slice(2).every(({ swatch }) => swatch.slot < 0)).toBe(true);
  });
  test('the rest of a list says how many it is', () => {
    const counted = buildSpec({ ...input, groups: { ...groups, other_groups: { EUR: 37 } } });
    expect(counted.series.map(({ label }) => label)).toContain('Other (37)');
  });
  test('amounts stay the text of the answer, and one currency is drawn', () => {
    expect(spec.series[0]?.values).toEqual(['10', '-4', '5']);
    expect(spec.totals).toEqual(['16', '-3', '5']);
  });
  test('days after the last complete one are partial', () => expect(spec.partial).toEqual([false, false, true]));
  test('colours belong to the entity, not to its rank', () => {
    const other = buildSpec({ ...input, ranking: ['search', 'checkout'] });
    const find = (in_: typeof spec, key: string) => in_.series.find((series) => series.key === key)?.swatch;
    expect(find(other, 'checkout')).toEqual(find(spec, 'checkout'));
    expect(find(other, 'search')).toEqual(find(spec, 'search'));
  });
});

describe('buckets', () => {
  test('a day without a line keeps its place', () =>
    expect(bucketsOf({ start: '2026-11-01', end: '2026-11-05' }, 'day', ['2026-11-02'])).toEqual([
      '2026-11-01',
      '2026-11-02',
      '2026-11-03',
      '2026-11-04',
    ]));
  test('weeks begin on Monday', () =>
    expect(bucketsOf({ start: '2026-11-04', end: '2026-11-12' }, 'week', ['2026-11-02', '2026-11-09'])).toEqual([
      '2026-11-02',
      '2026-11-09',
    ]));
  test('billing periods are labels', () =>
    expect(bucketsOf({ start: '2026-09-01', end: '2026-11-01' }, 'month', ['2026-09'])).toEqual([
      '2026-09',
      '2026-10',
    ]));
  test('an empty answer has none', () => expect(bucketsOf(null, 'day', [])).toEqual([]));
});

describe('options', () => {
  const series = (form: SpecInput['form']) =>
    toOptions(buildSpec({ ...input, form }), look).series as { type: string; id: string; data: unknown[] }[];
  test('credits stack below zero and the net is a line', () => {
    const bars = series('bars');
    expect(bars.filter(({ type }) => type === 'bar')).toHaveLength(4);
    expect(bars.at(-1)).toMatchObject({ id: '(net)', type: 'line', data: [16, -3, 5] });
  });
  test('partial bars are hatched', () => {
    expect(series('bars')[0]?.data[2]).toMatchObject({ value: 5, itemStyle: { decal: { symbol: 'rect' } } });
    expect(series('bars')[0]?.data[0]).toBe(10);
  });
  test('partial lines are dashed from the last complete point', () => {
    const [solid, dashed] = series('lines');
    expect(solid?.data).toEqual([10, -4, null]);
    expect(dashed?.data).toEqual([null, -4, 5]);
  });
  test('cumulative positions run', () => expect(series('cumulative')[0]?.data).toEqual([10, 6, null]));
});

test('the chart says what it shows', () => {
  const spec = buildSpec(input);
  expect(summary(spec)).toBe(
    'Effective cost per day fell from 16.00 on 1 Nov to −3.00 EUR on 2 Nov; highest 16.00 on 1 Nov; largest group checkout; the last day not complete.',
  );
  expect(reading(spec, 0)).toBe('1 Nov: 16.00 EUR; checkout 10.00; search 3.00; Unallocated 2.00');
  expect(reading(spec, 2)).toContain('partial');
});
