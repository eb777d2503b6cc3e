import { expect, test } from 'vitest';
import type { Catalogue } from '../../src/api/types';
import { checked } from '../../src/app/checked';
import { swatches } from '../../src/chart/palette';
import { lasted } from '../../src/format/dates';
import { movers, older, RUNNING, running } from '../../src/home/questions';
import { parseAddress } from '../../src/query/address';
import { DEFAULTS, printQuery } from '../../src/query/query';

const catalogue = {
  measures: [{ name: 'effective_cost' }, { name: 'billed_cost' }],
  dimensions: [{ name: 'service' }, { name: 'team' }],
} as Catalogue;

test('words that name nothing are dropped and said, with the nearest known one', () => {
  const found = checked(parseAddress('by=team,servise&where=taem:a&where=tag.x:1&measures=biled_cost'), catalogue);
  expect(printQuery(found.query)).toBe('by=team&where=tag.x:1');
  expect(found.faults.map(({ word, nearest }) => [word, nearest])).toEqual([
    ['measures', 'billed_cost'],
    ['by', 'service'],
    ['where', 'team'],
  ]);
  expect(found.faults[0]?.fellBack).toBe('effective_cost');
});

test('an order, a tab that the page does not have, are named and dropped', () => {
  const found = checked(parseAddress('by=team&sort=-effectve_cost,team&tab=matrx'), catalogue, [
    '',
    'matrix',
    'usage',
    'lines',
  ]);
  expect(found.query.sort).toEqual(['team']);
  expect(found.view.tab).toBe('');
  expect(found.faults.map(({ word, value, nearest }) => [word, value, nearest])).toEqual([
    ['sort', '-effectve_cost', 'effective_cost'],
    ['tab', 'matrx', 'matrix'],
  ]);
});

test('a change can be sorted by only where there is a comparison', () => {
  const text = 'by=team&sort=-change_effective_cost';
  expect(checked(parseAddress(text), catalogue).query.sort).toEqual([]);
  expect(checked(parseAddress(`${text}&compare=previous`), catalogue).faults).toEqual([]);
});

test('an address whose words are all known stays as it is', () => {
  const address = parseAddress('by=team&where=service:x');
  expect(checked(address, catalogue)).toBe(address);
  expect(checked(address, undefined)).toBe(address);
});

test('the places of the server hold; others get one that nobody beside them has', () => {
  const seen = swatches('team', ['new', 'a', 'b'], { a: 1, b: 17 });
  expect(seen.get('a')).toEqual({ slot: 0, texture: 'solid' });
  expect(seen.get('b')).toEqual({ slot: 0, texture: 'dots' });
  expect(seen.get('new')).toEqual({ slot: 1, texture: 'solid' });
});

test('how long a stage took', () => {
  const from = '2026-11-18T06:10:00Z';
  expect(lasted(from, '2026-11-18T06:10:00.400Z')).toBe('<1 s');
  expect(lasted(from, '2026-11-18T06:10:42Z')).toBe('42 s');
  expect(lasted(from, '2026-11-18T06:12:10Z')).toBe('2 min 10 s');
  expect(lasted(from, '2026-11-18T07:15:00Z')).toBe('1 h 5 min');
});

const monthly = { source: 'ci', label: 'CI', grain: 'monthly' as const };

test('sources that report monthly are no movers of a running month', () => {
  expect(printQuery(movers(DEFAULTS, RUNNING, [monthly]))).toContain('where=-source:ci');
  expect(printQuery(movers(DEFAULTS, older('2026-10'), [monthly]))).not.toContain('source');
});

test('an old bill is not spoken of as this month', () => {
  const days = { start: '2026-09-01', end: '2026-09-18' };
  expect(running(days, '2026-09-18').label).toBe('this month so far');
  expect(running(days, '2026-10-01')).toEqual({ ...RUNNING, days: 'month_to_date', label: '1–17 Sep 2026' });
  expect(running({ start: '2026-09-01', end: '2026-10-01' }, '2026-11-28').label).toBe('Sep 2026');
});
