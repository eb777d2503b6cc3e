/** What lies over a page on a phone and at 400 % zoom, and whether a name says which button is meant. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open, overflow, type Stage, settle, sharedNames, stage, tooWide } from './stage';

const SMALL = [
  [320, 256], // 1280 by 1024 at 400 %
  [360, 780],
] as const;
const PAGES = ['/', '/explore?by=team,service&compare=previous', '/data/source/cirro'];

let on: Stage;
beforeAll(async () => {
  on = await stage();
});
afterAll(() => on.close());

describe.each(SMALL)('%d px wide, %d high', (width, height) => {
  test.each(PAGES)('nothing that opens on %s is too wide', async (path) => {
    const { page, faults } = await open(on, path, { width, height });
    const closed = await page.locator('button[aria-expanded="false"]:visible').elementHandles();
    expect(closed.length).toBeGreaterThan(0);
    for (const button of closed) {
      await button.scrollIntoViewIfNeeded();
      await button.click();
      await page.waitForTimeout(250);
      const name = await button.textContent();
      expect(await tooWide(page), `${name}`).toEqual([]);
      expect(await overflow(page), `${name}`).toBeLessThanOrEqual(0);
      await page.keyboard.press('Escape');
      await page.waitForTimeout(100);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('filters, drawers and dialogs', async () => {
    const { page } = await open(on, '/explore?by=team', { width, height });
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: 'Service', exact: true }).first().click();
    await page.getByRole('checkbox').first().waitFor();
    expect(await tooWide(page), 'values of a filter').toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    for (const [key, name] of [
      ['Control+k', 'palette'],
      ['?', 'keys'],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator('.dialog').first().waitFor();
      expect(await tooWide(page), name).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.goto(`${on.url}/explore?tab=lines`);
    await settle(page);
    await page.locator('tbody [data-row]').first().click();
    await page.locator('.drawer').first().waitFor();
    await page.waitForTimeout(400); // it slides in
    expect(await tooWide(page), 'a line').toEqual([]);
    await page.context().close();
  });
});

test('a file that a restart interrupted is asked for again with one press', async () => {
  const files = await stage('files');
  const { page } = await open(files, '/data', { width: 360 });
  const asked: string[] = [];
  page.on('request', (request) => request.method() !== 'GET' && asked.push(`${request.method()} ${request.url()}`));
  expect(await page.getByText('Interrupted by a restart.').isVisible()).toBe(true);
  await page.getByRole('button', { name: 'Make costs.parquet again' }).click();
  await page.waitForTimeout(500);
  expect(asked.map((one) => one.replace(files.url, ''))).toEqual([
    `DELETE /api/v1/exports/${'c'.repeat(32)}`,
    'POST /api/v1/costs.parquet?by=resource',
  ]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await files.close();
});

test('no two buttons of a page have one name', async () => {
  const { page } = await open(on, '/');
  for (const path of [...PAGES, '/data', '/explore?tab=matrix&by=service', '/attribution']) {
    await page.goto(on.url + path);
    await settle(page);
    expect(await sharedNames(page), path).toEqual([]);
  }
});
