import { describe, expect, test } from 'vitest';
import { standing, toggled } from '../../src/explore/facets';
import { literal, NONE } from '../../src/query/escape';
import { type Filter, parseFilter, printFilter } from '../../src/query/query';

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
