// @vitest-environment jsdom
import { expect, test } from 'vitest';
// @ts-expect-error: a build script without types
import { declared } from '../../scripts/pages.mjs';
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

const DRAWN = `import type { Page } from '../app/pages';
import { TABS, other } from '../regions/tabs';
import { Chart } from '../chart/Chart';
const Drawer = late(() => import('./Drawer'));
/** Where it costs. */
export const page: Page = { path: '/regions', tabs: TABS.map(({ id }) => id) };
export default function Regions() { return <Chart />; }
`;

test('of a page that is not opened nothing is fetched but what it declares', () => {
  expect(declared(DRAWN, 'Regions.tsx').split('\n')).toEqual([
    "import type { Page } from '../app/pages';",
    "import { TABS, other } from '../regions/tabs';",
    "export const page: Page = { path: '/regions', tabs: TABS.map(({ id }) => id) };",
  ]);
});

test('a page that cannot be declared alone is refused', () => {
  expect(() => declared(DRAWN.replace('TABS.map', 'Drawer.map'), 'Regions.tsx')).toThrow('its page names Drawer');
  expect(() => declared(DRAWN.replace('const page', 'const site'), 'Regions.tsx')).toThrow('exports no page');
  expect(() => declared('export const page = {', 'Regions.tsx')).toThrow('exports no page');
});

test('what a page draws comes when it is asked for', async () => {
  for (const page of PAGES) expect(page.Component.found(), page.path).toBeNull();
  const settings = pageAt('/settings')?.Component;
  await settings?.fetch();
  expect(settings?.found()).toBeTypeOf('function');
});
