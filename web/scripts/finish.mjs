// The end of a build: what a browser has to fetch, gzip, against the promises in docs/web.md; then the new pages take
// the place of the old ones at once, so that a running server never finds half of them.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMITS_KB = { first: 250, all: 650, css: 25 };
const dist = new URL('../dist-next/', import.meta.url).pathname;
const kb = (path) => gzipSync(readFileSync(path), { level: 9 }).length / 1000;

const files = readdirSync(dist, { recursive: true })
  .map((name) => join(dist, String(name)))
  .filter((path) => statSync(path).isFile());
const scripts = files.filter((path) => path.endsWith('.js'));
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

/** The entry and everything it imports at once; a lazily imported chunk is not part of the first paint. */
function eager(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) eager(next, seen);
  return seen;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const sum = (paths) => paths.reduce((total, path) => total + kb(path), 0);
const sizes = {
  first: sum([...eager(entry)].map((key) => join(dist, manifest[key].file)).concat(join(dist, 'first.js'))),
  all: sum(scripts),
  css: sum(files.filter((path) => path.endsWith('.css'))),
};

let failed = false;
for (const [name, limit] of Object.entries(LIMITS_KB)) {
  const over = sizes[name] > limit;
  failed ||= over;
  console.log(`${name.padEnd(6)} ${sizes[name].toFixed(1).padStart(7)} kB gzip of ${limit} ${over ? 'OVER' : 'ok'}`);
}
if (failed) process.exit(1);
writeFileSync(join(dist, '.vite/sizes.json'), `${JSON.stringify(sizes)}\n`);

const [live, old] = ['../dist', '../dist-old'].map((name) => new URL(name, import.meta.url).pathname);
rmSync(old, { recursive: true, force: true });
if (existsSync(live)) renameSync(live, old);
renameSync(dist.replace(/\/$/, ''), live);
rmSync(old, { recursive: true, force: true });
