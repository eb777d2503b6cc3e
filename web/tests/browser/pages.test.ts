import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open, overflow, type Stage, settle, stage, violations } from './stage';

const PAGES = [
  '/',
  '/explore?by=team,service&compare=previous',
  '/explore?tab=usage&by=service',
  '/explore?tab=lines',
  '/explore?tab=matrix&by=service&period=last_90_days',
  '/explore?chart=lines&compare=previous',
  '/data',
  '/welcome',
  '/data/source/cirro',
  '/data/connect',
  '/data/connect/store',
  '/data/connect/store?tab=settings&sel=name%3Dbills',
  '/data/connect/store?tab=months&sel=name%3Dbills%26set.bucket%3Db',
  '/nowhere',
];
let on: Stage;
beforeAll(async () => {
  on = await stage();
});
afterAll(() => on.close());

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  test.each(PAGES)('%s is accessible', async (path) => {
    const { page, faults } = await open(on, path, { theme });
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

test.each([320, 360, 768, 1920])('no page is wider than %d px', async (width) => {
  const { page } = await open(on, '/', { width });
  for (const path of PAGES) {
    await page.goto(on.url + path);
    await settle(page);
    expect(await overflow(page), path).toBeLessThanOrEqual(0);
  }
});

test('what lies over a page is accessible', async () => {
  const { page, faults } = await open(on, '/explore?by=team');
  const look = async (name: string) => expect(await violations(page, true), name).toEqual([]);
  await page.getByRole('button', { name: /^Period/ }).click();
  await look('period');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await look('dimensions');
  await page.getByRole('button', { name: 'Service', exact: true }).first().click();
  await page.waitForTimeout(300);
  await look('values');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.waitForTimeout(200);
  await look('palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(200);
  await page.keyboard.press('?');
  await page.waitForTimeout(200);
  await look('keys');
  expect(faults).toEqual([]);
});
