import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
// @ts-expect-error: a build script without types
import { generate } from '../../scripts/schema.mjs';

const SRC = new URL('../../src/', import.meta.url).pathname;
const LINES_MAX = 250;
const files = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name) && name !== 'api/schema.d.ts')
  .map((name) => ({ name, text: readFileSync(join(SRC, name), 'utf8') }));

/** Where amounts may be touched: the formatter prints them, `position` finds their pixel. */
const ALLOWED = ['format/format.ts', 'format/decimal.ts', 'format/dates.ts', 'chart/position.ts'];
const FORBIDDEN: [RegExp, string][] = [
  [/\b(parseFloat|parseInt|BigInt)\b/, 'reads a number from text'],
  [/\bNumber\s*\(/, 'turns text into a number'],
  [/\.(toFixed|toPrecision|toLocaleString|toExponential)\s*\(/, 'prints a number'],
  [/Intl\.NumberFormat/, 'prints a number'],
  [/(_cost|amount|billed|effective|share)\w*\]?\s*[-+*/]=?\s+[\w(]/, 'reckons with money'],
  [/\+\s*(row|total|line|item)\[/, 'reckons with money'],
];

describe('no number is computed or printed outside the one formatter', () => {
  test.each(files.filter(({ name }) => !ALLOWED.includes(name)).map(({ name, text }) => [name, text]))(
    '%s',
    (_name, text) => {
      const found = FORBIDDEN.filter(([pattern]) => text?.split('\n').some((line) => pattern.test(line))).map(
        ([, why]) => why,
      );
      expect(found).toEqual([]);
    },
  );
});

test('positions never reach the page as text', () => {
  const users = files.filter(({ text }) => /from '.*position'/.test(text)).map(({ name }) => name);
  expect(users.sort()).toEqual(['chart/options.ts', 'chart/waterfall.ts', 'table/Sparkline.tsx', 'table/cells.tsx']);
});

test('files stay small', () => {
  expect(files.filter(({ text }) => text.split('\n').length > LINES_MAX).map(({ name }) => name)).toEqual([]);
});

test('no provider is named: the pages show the label they are told', () => {
  const named = files
    .filter(({ text }) => /\b(aws|azure|gcp|google|amazon|microsoft)\b/i.test(text))
    .map(({ name }) => name);
  expect(named).toEqual([]);
});

test('nothing is fetched from another origin', () => {
  const outside = files
    .filter(({ text }) => /https?:\/\//.test(text.replaceAll('http://www.w3.org', '')))
    .map(({ name }) => name);
  expect(outside).toEqual([]);
});

test('a page is one file that declares itself and is drawn', () => {
  for (const { name, text } of files.filter((file) => file.name.startsWith('pages/')))
    expect(text, name).toMatch(/^export const page: Page = \{[\s\S]+^export default function/m);
});

test('the types are those of the description of the API', () => {
  const made = readFileSync(join(SRC, 'api/schema.d.ts'), 'utf8');
  expect(generate(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'))).toBe(made);
});
