// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { isWithin, PAGES, pageAt } from '../../src/app/pages';

test('a page is found at its own path', () => {
  for (const page of PAGES) expect(pageAt(page.path)).toBe(page);
  expect(pageAt('/no/such/page')).toBeUndefined();
});

test('a page lies within what stands above it, and nothing within the start page', () => {
  const [home, data] = ['/', '/data'].map((path) => PAGES.find((page) => page.path === path));
  expect(data && isWithin('/data/connect', data)).toBe(true);
  expect(data && isWithin('/database', data)).toBe(false);
  expect(home && isWithin('/data', home)).toBe(false);
});

test('no two pages share a path or a key', () => {
  const keys = PAGES.map((page) => page.key).filter(Boolean);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(PAGES.map((page) => page.path)).size).toBe(PAGES.length);
});
