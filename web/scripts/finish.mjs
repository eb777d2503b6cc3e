// The end of a build: what a browser has to fetch, gzip as it is sent, against the promises in docs/web.md; what the
// first script fetches ahead; then the new pages take the place of the old ones at once, so that a running server never
// finds half of them.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMITS_KB = { first: 205, all: 650, css: 25 };
const dist = new URL('../dist-next/', import.meta.url).pathname;
const pages = new URL('../src/pages/', import.meta.url).pathname;
const kb = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1000;

const files = readdirSync(dist, { recursive: true })
  .map(String)
  .filter((name) => statSync(join(dist, name)).isFile());
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

/** The files of a module and of everything it imports at once; what is imported later is no part of the first paint. */
function filesOf(key, seen = new Set()) {
  if (!manifest[key]) throw new Error(`${key} is not part of the build`);
  if (seen.has(manifest[key].file)) return seen;
  seen.add(manifest[key].file);
  for (const next of manifest[key].imports ?? []) filesOf(next, seen);
  return seen;
}

const shell = filesOf(Object.keys(manifest).find((key) => manifest[key].isEntry));

/** What a page needs besides what every page begins with, by its path. */
const code = Object.fromEntries(
  readdirSync(pages).map((name) => {
    const text = readFileSync(join(pages, name), 'utf8');
    const [, path] = text.match(/^ {2}path: '(.+)',$/m);
    if (shell.has(manifest[`src/pages/${name}`].file))
      throw new Error(`${name} is drawn by what every page begins with`);
    return [path, [...filesOf(`src/pages/${name}`)].filter((file) => !shell.has(file))];
  }),
);
const first = join(dist, 'first.js');
writeFileSync(first, readFileSync(first, 'utf8').replace('const CODE = {};', `const CODE = ${JSON.stringify(code)};`));

const sum = (names) => names.reduce((total, name) => total + kb(name), 0);
const own = Object.values(code).map(sum);
const sizes = {
  first: sum([...shell, 'first.js']) + Math.max(...own), // of the heaviest page
  all: sum(files.filter((name) => name.endsWith('.js'))),
  css: sum(files.filter((name) => name.endsWith('.css'))),
};

let failed = false;
for (const [name, limit] of Object.entries(LIMITS_KB)) {
  const over = sizes[name] > limit;
  failed ||= over;
  console.log(`${name.padEnd(6)} ${sizes[name].toFixed(1).padStart(7)} kB gzip of ${limit} ${over ? 'OVER' : 'ok'}`);
}
if (failed) process.exit(1);
for (const name of files.filter((name) => /^assets\/.*\.(js|css)$/.test(name)))
  writeFileSync(join(dist, `${name}.gz`), gzipSync(readFileSync(join(dist, name)), { level: 9 })); // as it is sent
writeFileSync(join(dist, '.vite/sizes.json'), `${JSON.stringify(sizes)}\n`);

const [live, old] = ['../dist', '../dist-old'].map((name) => new URL(name, import.meta.url).pathname);
rmSync(old, { recursive: true, force: true });
if (existsSync(live)) renameSync(live, old);
renameSync(dist.replace(/\/$/, ''), live);
rmSync(old, { recursive: true, force: true });
