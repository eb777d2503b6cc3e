import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
// @ts-expect-error: a build script without types
import { generate } from '../../scripts/schema.mjs';
import { QUESTIONS } from '../../src/app/SlowBar';

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

/** Tables whose files are handed out by the panel around them, in another file. */
const EXPORTED_BY: Record<string, string> = {
  'attribution/Matrix.tsx': 'attribution/Moved.tsx',
  'attribution/Moved.tsx': 'attribution/Preview.tsx',
  'attribution/Taken.tsx': 'attribution/Moved.tsx',
  'data/LoadsTable.tsx': 'pages/Data.tsx',
  'data/SourcesTable.tsx': 'pages/Data.tsx',
  'explain/MoversTable.tsx': 'explain/Explanation.tsx',
  'explain/OwnerPaths.tsx': 'explain/Whose.tsx',
  'explain/PartsTable.tsx': 'explain/Explanation.tsx',
  'explain/PathsTable.tsx': 'explain/Whose.tsx',
  'explore/GroupTable.tsx': 'explore/Tables.tsx',
  'explore/LinesTable.tsx': 'explore/Tables.tsx',
  'explore/MatrixTable.tsx': 'explore/Tables.tsx',
  'explore/UsageTable.tsx': 'explore/Tables.tsx',
  'requests/Lists.tsx': 'requests/RequestsTab.tsx',
  'requests/Questions.tsx': 'requests/OfTeam.tsx',
  'teams/SliceTable.tsx': 'teams/Tables.tsx',
};

test('every table can be taken as a file', () => {
  const hands = (text = '') => /<(ExportMenu|FileMenu|DraftMenu|MoveHead)\b/.test(text);
  const textOf = (name: string) => files.find((file) => file.name === name)?.text;
  const bare = files
    .filter(({ name, text }) => name !== 'table/DataTable.tsx' && /<DataTable\b/.test(text))
    .filter(({ name, text }) => !hands(text) && !hands(textOf(EXPORTED_BY[name] ?? '')))
    .map(({ name }) => name);
  expect(bare).toEqual([]);
});

test('whatever sums cost can be stopped', () => {
  const asked = files.flatMap(({ text }) => [...text.matchAll(/queryKey: \['(\w+)'.*\n.*(?:\n.*)?['`]\/costs/g)]);
  const keys = asked.map(([, key]) => key);
  expect(keys.sort()).toEqual(['costs', 'explain', 'paths', 'units']);
  expect(QUESTIONS).toEqual(expect.arrayContaining(keys));
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
