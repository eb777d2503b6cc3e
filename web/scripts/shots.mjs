// Pictures of the pages for docs/: `npm run shots -- http://127.0.0.1:8080 ../docs/images` against a running demo.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [base = 'http://127.0.0.1:8080', folder = '../docs/images'] = process.argv.slice(2);
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SHOTS = [
  ['home', '/', 1280, 900, 'light'],
  ['explore', '/explore?by=team,service&compare=previous', 1280, 900, 'light'],
  ['explore-dark', '/explore?by=service&period=last_90_days&grain=week', 1280, 900, 'dark'],
  ['data', '/data', 1280, 800, 'light'],
  ['phone', '/', 360, 740, 'dark'],
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: FLAGS,
});
for (const [name, path, width, height, colorScheme] of SHOTS) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(base + path);
  await page.waitForFunction(
    () => document.querySelector('canvas, table') && !document.querySelector('.is-old, [aria-busy="true"], .skeletons'),
  );
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}
await browser.close();
