import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open, type Stage, settle, stage } from './stage';

let on: Stage;
beforeAll(async () => {
  on = await stage();
});
afterAll(() => on.close());

const search = (url: string) => decodeURIComponent(new URL(url).search);

describe('explore', () => {
  test('a row leads down to the bill line, Back leads up again', async () => {
    const { page, faults } = await open(on, '/explore?by=team');
    await page.locator('tbody [data-row]').first().click();
    await settle(page);
    expect(search(page.url())).toMatch(/by=service&where=team:/);
    await page.locator('tbody [data-row]').first().click();
    await settle(page);
    expect(search(page.url())).toMatch(/by=resource/);
    await page.locator('tbody [data-row]').first().click();
    await settle(page);
    expect(page.url()).toContain('tab=lines');
    await page.locator('tbody [data-row]').first().click();
    await settle(page);
    await page.getByRole('heading', { name: 'Where it came from' }).waitFor();
    await page.keyboard.press('Escape');
    for (let steps = 0; steps < 5 && !page.url().endsWith('by=team'); steps++) {
      await page.goBack();
      await settle(page);
    }
    expect(page.url()).toMatch(/by=team$/);
    expect(faults).toEqual([]);
  });

  test('the weekly look by keyboard alone', async () => {
    const { page } = await open(on, '/');
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await settle(page);
    expect(new URL(page.url()).pathname).toMatch(/\/explore$/);
    await page.keyboard.press('m');
    await page.keyboard.press('x');
    await settle(page);
    expect(search(page.url())).toContain('period=month_to_date&compare=previous');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await page.evaluate(() => document.activeElement?.closest('tr') !== null)).toBe(true);
    await page.keyboard.press('Enter');
    await settle(page);
    expect(search(page.url())).toContain('where=team:');
    await page.keyboard.press('u');
    await settle(page);
    expect(search(page.url())).not.toContain('where=');
  });

  test('the chart is read and zoomed by keys', async () => {
    const { page } = await open(on, '/explore?by=team');
    await page.locator('.plot').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.plot [aria-live]').textContent()).toMatch(/\d+ \w{3}: [\d,.]+ \w{3}/);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await settle(page);
    expect(page.url()).toMatch(/period=\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d/);
  });

  test('a filter is found by the values that occur, and a reload keeps it', async () => {
    const { page } = await open(on, '/explore?by=service');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: 'Team', exact: true }).click();
    await page.getByRole('dialog').getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await settle(page);
    const address = search(page.url());
    expect(address).toContain('where=team:');
    const total = await page.locator('tfoot td').filter({ hasText: /\d/ }).first().textContent();
    await page.reload();
    await settle(page);
    expect(search(page.url())).toBe(address);
    expect(await page.locator('tfoot td').filter({ hasText: /\d/ }).first().textContent()).toBe(total);
  });

  test('the chart as a table ends in the same total', async () => {
    const { page } = await open(on, '/explore?by=team&period=last_7_days');
    await page.getByRole('button', { name: 'View as table' }).click();
    expect(
      await page
        .getByRole('group', { name: /as table/ })
        .getByRole('row')
        .count(),
    ).toBe(8);
  });

  test('a bad word is named, and the page still answers', async () => {
    const { page } = await open(on, '/explore?perod=last_month&chart=pie');
    await expect(page.getByRole('alert').textContent()).resolves.toMatch(/perod=last_month.*Nearest: period/);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(2);
  });

  test('a word that names nothing is dropped, named, and the page still answers', async () => {
    const { page, faults } = await open(on, '/explore?by=servise&where=provder:Nimbus');
    const said = await page.getByRole('alert').textContent();
    expect(said).toMatch(/by=servise.*Nearest: service.*left out.*provder/);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(2);
    expect(faults).toEqual([]);
  });

  test('facets filter, and leave out with Alt', async () => {
    const { page } = await open(on, '/explore?by=service');
    const first = page.getByRole('region', { name: 'Narrow down' }).locator('.facet-choose').first();
    await first.click();
    await settle(page);
    expect(search(page.url())).toMatch(/where=provider:/);
    await first.click({ modifiers: ['Alt'] });
    await settle(page);
    expect(search(page.url())).toMatch(/where=-provider:/);
  });

  test('the matrix ends in the total of the table', async () => {
    const { page, faults } = await open(on, '/explore?by=team&period=last_7_days');
    const total = await page.locator('tfoot td').filter({ hasText: /\d/ }).first().textContent();
    await page.getByRole('button', { name: 'Matrix' }).click();
    await settle(page);
    expect(await page.locator('tfoot td').filter({ hasText: /\d/ }).first().textContent()).toBe(total);
    expect(await page.locator('thead th').count()).toBe(9);
    expect(faults).toEqual([]);
  });

  test('days of the reader are compared with', async () => {
    const { page } = await open(on, '/explore?by=team&period=last_7_days');
    await page.getByRole('button', { name: /^Compare with/ }).click();
    await page.getByLabel('From', { exact: true }).fill('2026-10-01');
    await page.getByLabel('To, this day included').fill('2026-10-07');
    await page.getByRole('button', { name: 'Compare with these days' }).click();
    await settle(page);
    expect(search(page.url())).toContain('compare=2026-10-01..2026-10-07');
  });
});

describe('states', () => {
  test('a question that takes long can be cancelled and asked again', async () => {
    const stuck = await stage('stuck');
    const page = await stuck.browser.newPage();
    await page.goto(`${stuck.url}/explore?by=team`);
    await page.getByRole('button', { name: 'Cancel' }).click({ timeout: 15_000 });
    await page.getByRole('heading', { name: 'Cancelled' }).first().waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Ask again' }).click();
    await page.waitForFunction(() => !document.body.textContent?.includes('Cancelled'));
    await stuck.close();
  });

  test('an empty install shows its doors', async () => {
    const empty = await stage('empty');
    const { page } = await open(empty, '/');
    await page.getByRole('button', { name: 'Load the demo' }).waitFor();
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await empty.close();
  });

  test('one failing question leaves the rest standing, with its request id', async () => {
    const failing = await stage('fail');
    const { page } = await open(failing, '/');
    await page.waitForTimeout(2500);
    expect(await page.getByText('Request r-42').count()).toBeGreaterThan(0);
    await page.getByRole('heading', { name: 'What to look at in the demo' }).waitFor();
    await failing.close();
  });

  test('below a sub-path everything is found', async () => {
    const sub = await stage('', '/cost/outlay/');
    const { page, faults } = await open(sub, '/explore?by=team');
    await page.getByRole('link', { name: 'Home' }).click();
    await settle(page);
    expect(new URL(page.url()).pathname).toBe('/cost/outlay/');
    await page.locator('.tile-figure').first().waitFor();
    expect(faults).toEqual([]);
    await sub.close();
  });
});
