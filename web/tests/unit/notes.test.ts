import { expect, test } from 'vitest';
import { flagsAt } from '../../src/chart/flags';
import { around, flagsOf, type Happening, mayTouch, nearTo, ofVersion } from '../../src/notes/happening';
import { filtersOf, scopesOf } from '../../src/notes/scope';
import { parseAddress } from '../../src/query/address';

const happening = (start: string, end: string, scope = ''): Happening => ({
  key: start,
  kind: 'note',
  start,
  end,
  text: `since ${start}`,
  scope,
  annotation: null,
});

test('a flag stands on every bucket its days touch, of days, weeks and months', () => {
  const days = ['2026-11-01', '2026-11-02', '2026-11-03'];
  expect(flagsOf([happening('2026-11-02', '2026-11-09')], days, 'day')[0]).toMatchObject({ first: 1, last: 2 });
  expect(flagsOf([happening('2026-10-01', '2026-11-01')], days, 'day')).toEqual([]);
  const weeks = ['2026-10-26', '2026-11-02'];
  expect(flagsOf([happening('2026-11-01', '2026-11-02')], weeks, 'week')[0]).toMatchObject({ first: 0, last: 0 });
  const flags = flagsOf([happening('2026-11-30', '2026-12-01')], ['2026-10', '2026-11'], 'month');
  expect(flagsAt(flags, 1)).toHaveLength(1);
  expect(flagsAt(flags, 0)).toEqual([]);
});

test('near is two days before to two days after, and no further', () => {
  expect(around('2026-11-09', '2026-11-09')).toEqual({ start: '2026-11-07', end: '2026-11-12' });
  const found = [happening('2026-11-06', '2026-11-07'), happening('2026-11-07', '2026-11-08')];
  expect(nearTo(found, '2026-11-09').map(({ start }) => start)).toEqual(['2026-11-07']);
  expect(nearTo(found, null)).toEqual([]);
});

test('a note about another service is not about this one; about a team it may be', () => {
  const values = { service: 'Mail', region: null };
  const about = (scope: string) => mayTouch(happening('2026-11-01', '2026-11-02', scope), values);
  expect([about(''), about('where=service:Mail,Chat'), about('where=team:a'), about('where=region:eu')]).not.toContain(
    false,
  );
  expect(about('where=service:Chat')).toBe(false);
  expect(about('where=-service:Chat')).toBe(true);
});

test('what a note can be about comes from the filters, and from the team whose page it is', () => {
  const { query } = parseAddress('where=service:A%26B&where=region:eu,us');
  const scopes = scopesOf(filtersOf('/teams/a%2Cb', query));
  expect(scopes.map(({ text }) => text)).toEqual([
    '',
    'where=service:A%26B',
    'where=team:a%5C,b',
    'where=service:A%26B&where=region:eu,us&where=team:a%5C,b',
  ]);
  expect(scopes.at(-1)?.team).toBe('a,b');
  expect(scopesOf([])).toHaveLength(1);
});

test('a published version is of the UTC day it was published on', () => {
  const version = { version: 3, author: 'ann', created_at: '2026-11-04T23:59:00Z', in_force: true };
  expect(ofVersion(version)).toMatchObject({ start: '2026-11-04', end: '2026-11-05', kind: 'rules' });
});
