/** A Chromium and a server for it; every page opened here fails its test on console errors and outside requests. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
// @ts-expect-error: the mock is plain JavaScript
import { start } from '../mock/server.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Stage {
  browser: Browser;
  url: string;
  close: () => Promise<void>;
}

export async function stage(mode = '', prefix = '/'): Promise<Stage> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: FLAGS,
  });
  const own =
    process.env.OUTLAY_URL && mode === '' && prefix === '/' ? null : ((await start(0, mode, prefix)) as Server);
  const address = own?.address();
  const url =
    typeof address === 'object' && address
      ? `http://127.0.0.1:${address.port}${prefix.replace(/\/$/, '')}`
      : (process.env.OUTLAY_URL ?? '');
  return {
    browser,
    url,
    close: async () => {
      await browser.close();
      own?.closeAllConnections();
      own?.close();
    },
  };
}

export interface Opened {
  page: Page;
  faults: string[];
}

export async function open(
  { browser, url }: Stage,
  path: string,
  { width = 1280, height = 900, theme = 'light' as 'light' | 'dark', touch = false } = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, hasTouch: touch });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => !request.url().startsWith(url) && faults.push(`left the origin: ${request.url()}`));
  await page.goto(url + path);
  await settle(page);
  return { page, faults };
}

/** Until nothing is asked any more and what was answered is drawn. */
export async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(150);
  await page.waitForFunction(
    () => document.querySelector('h1') && !document.querySelector('.is-old, [aria-busy="true"], .skeletons'),
  );
  await page.waitForTimeout(150);
}

/** `over`: something lies over the page; it is a dialog of its own and needs no landmark around it. */
export async function violations(page: Page, over = false): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (over) => {
    const axe = (
      globalThis as unknown as {
        axe: {
          run: (options: object) => Promise<{
            violations: { id: string; help: string; nodes: { html: string; any: { message: string }[] }[] }[];
          }>;
        };
      }
    ).axe;
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const found = await axe.run({ runOnly, rules: { region: { enabled: !over } } });
    return found.violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes
          .slice(0, 3)
          .map((node) => `${node.html.slice(0, 160)} (${node.any[0]?.message ?? ''})`)
          .join(' | ')}`,
    );
  }, over);
}

/** What lies over the page and is wider than the screen, or than itself. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.popover, .dialog, .drawer')].flatMap((over) => {
      const { left, right } = over.getBoundingClientRect();
      const out = Math.max(-left, right - document.documentElement.clientWidth);
      const parts = [over, ...over.querySelectorAll<HTMLElement>(':not(.table-scroll, pre, textarea, input, svg *)')];
      const inside = parts.filter(
        (part) => part.scrollWidth > part.clientWidth && /auto|scroll/.test(getComputedStyle(part).overflowX),
      );
      const told = inside.map((part) => `${part.className}: ${part.scrollWidth - part.clientWidth} px inside`);
      return out > 0.5 ? [...told, `${over.className}: ${out} px out`] : told;
    }),
  );
}

/** Names that several buttons of the page share, where no row of a table tells them apart. */
export function sharedNames(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const seen = [...document.querySelectorAll<HTMLElement>('main button, main summary')].filter(
      (button) => button.getClientRects().length > 0,
    );
    const nameOf = (button: HTMLElement) => {
      const labels = (button.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean);
      const said = labels.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
      return (said || button.getAttribute('aria-label') || button.innerText).trim();
    };
    const names = seen.map((button) => `${nameOf(button)} ${button.closest('tr')?.rowIndex ?? ''}`.trim());
    return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  });
}

export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
