import { describe, expect, test } from 'vitest';
import { standing, toggled } from '../../src/explore/facets';
import { trailOf, trendQuery } from '../../src/explore/questions';
import { literal, NONE } from '../../src/query/escape';
import { DEFAULTS, type Filter, parseFilter, printFilter } from '../../src/query/query';

const filters = (...texts: string[]) => texts.map((text) => parseFilter(text) as Filter);
const texts = (where: Filter[]) => where.map(printFilter);

describe('a value of a facet', () => {
  test('joins the filter of its dimension, and leaves it when chosen again', () => {
    const one = toggled(filters('region:eu'), 'team', literal('search'), false);
    expect(texts(one)).toEqual(['region:eu', 'team:search']);
    const two = toggled(one, 'team', literal('data'), false);
    expect(texts(two)).toEqual(['region:eu', 'team:search,data']);
    expect(texts(toggled(two, 'team', literal('search'), false))).toEqual(['region:eu', 'team:data']);
    expect(texts(toggled(one, 'team', literal('search'), false))).toEqual(['region:eu']);
  });
  test('changes sides', () => {
    const out = toggled(filters('team:search,data'), 'team', literal('search'), true);
    expect(texts(out)).toEqual(['team:data', '-team:search']);
    expect(standing(out, 'team', literal('search'))).toBe('out');
    expect(standing(out, 'team', literal('data'))).toBe('in');
  });
  test('what is missing is not the text that names it', () => {
    const none = toggled([], 'team', NONE, false);
    expect(texts(none)).toEqual(['team:(none)']);
    expect(standing(none, 'team', literal('(none)'))).toBe('');
  });
});

test('the way back drops a drilled value and what was drilled into after it, and nothing else', () => {
  const where = filters('team:checkout', '-region:eu', 'service:~db', 'service:Tax', 'region:us,eu');
  const steps = trailOf({ ...DEFAULTS, where });
  expect(steps.map(({ filter }) => printFilter(filter))).toEqual(['team:checkout', 'service:Tax']);
  expect(steps.map(({ before }) => before.by)).toEqual([['team'], ['service']]);
  expect(texts(steps[0]?.before.where ?? [])).toEqual(['-region:eu', 'service:~db', 'region:us,eu']);
  expect(texts(steps[1]?.before.where ?? [])).toEqual(['team:checkout', '-region:eu', 'service:~db', 'region:us,eu']);
  expect(trailOf(DEFAULTS)).toEqual([]);
});

test('trends ask nothing that the chart has not asked, where it folds no group', () => {
  const found = (count: number) => ({ rows: Array.from({ length: count }, () => ({})) }) as never;
  expect(trendQuery(DEFAULTS, 'day', found(8)).top).toBe(8);
  expect(trendQuery(DEFAULTS, 'day', found(9)).top).toBe(50);
});
