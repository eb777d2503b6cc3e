// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { pageAt } from '../../src/app/pages';
import { besides, hasEnded } from '../../src/pages/Changes';
import { parseAddress } from '../../src/query/address';
import { printQuery } from '../../src/query/query';
import { none } from '../../src/teams/SliceTable';

const { query } = parseAddress('measures=billed_cost&by=team&where=team:search&period=last_week&compare=year&top=3');

test('its page is there by lying in the folder of pages', () => {
  expect(pageAt('/changes')).toMatchObject({ key: 'c', scope: 'slice', tabs: ['', 'ended'] });
});

test('it asks about the days of the reader and those before, without bills that are still to come', () => {
  expect(printQuery(besides(query, []))).toBe(
    'measures=billed_cost&where=team:search&period=last_week&compare=previous',
  );
  expect(printQuery(besides(query, ['ci, main']))).toBe(
    'measures=billed_cost&where=team:search&where=-source:ci%5C,%20main&period=last_week&compare=previous',
  );
});

test('ended is what cost something before and costs nothing now, absent or zero', () => {
  expect(hasEnded({ effective_cost: null, previous_effective_cost: '1.50' }, 'effective_cost')).toBe(true);
  expect(hasEnded({ effective_cost: '0.00', previous_effective_cost: '-2' }, 'effective_cost')).toBe(true);
  expect(hasEnded({ effective_cost: '0.01', previous_effective_cost: '1.50' }, 'effective_cost')).toBe(false);
  expect(hasEnded({ effective_cost: '0', previous_effective_cost: null }, 'effective_cost')).toBe(false);
});

test('nothing is new only where all was looked at', () => {
  const rows = [{ currency: 'EUR' }, { currency: 'EUR' }];
  expect(none('Nothing new', { next: null, rows })).toBe('Nothing new');
  expect(none('Nothing new', { next: 'more', rows })).toBe('Nothing new among the 2 largest; the export has them all');
});
