// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { pageAt } from '../../src/app/pages';
import { aboutResource } from '../../src/explore/ResourceFacts';
import { parseAddress } from '../../src/query/address';
import { printQuery } from '../../src/query/query';

test('a resource is asked about in the measure and currency of the reader, over ninety days', () => {
  const { query } = parseAddress('measures=billed_cost&by=team&where=resource:a%5C,b&compare=year&currency=EUR');
  expect(printQuery(aboutResource(query, query.where))).toBe(
    'measures=billed_cost&where=resource:a%5C,b&period=last_90_days&currency=EUR',
  );
});

test('over the days of the figure that led to it, where its address says them', () => {
  const { query } = parseAddress('where=resource:a&where=team:b&period=2026-10-29..2026-11-27&incomplete=include');
  expect(printQuery(aboutResource(query, query.where))).toBe(
    'where=resource:a&where=team:b&period=2026-10-29..2026-11-27',
  );
});

test('its page is there by lying in the folder of pages', () => {
  expect(pageAt('/resources')?.scope).toBe('filters');
});
