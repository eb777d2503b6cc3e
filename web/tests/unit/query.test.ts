import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fiscalName } from '../../src/format/dates';
import { parseAddress, printAddress, VIEW_DEFAULTS } from '../../src/query/address';
import { literal, NONE } from '../../src/query/escape';
import { isPeriod, periodLabel, step } from '../../src/query/period';
import { type CostQuery, DEFAULTS, parseQuery, printQuery, words } from '../../src/query/query';

interface Example {
  about: string;
  text: string;
  canonical: string;
  parsed: Record<string, unknown> & {
    where: { dimension: string; values: { kind: string; text: string }[]; exclude: boolean }[];
  };
}
interface Bad {
  text: string;
  faults: { word: string; field: string | null; nearest: string[] }[];
}

/** The same examples hold for the server: tests/shared of the repository. */
const shared = JSON.parse(
  readFileSync(new URL('../../../tests/shared/query_examples.json', import.meta.url), 'utf8'),
) as { good: Example[]; bad: Bad[] };
/** Paging is the program's own; an address never carries it. */
const ours = (text: string) => text.replace(/&?(limit|cursor)=[^&]*/g, '').replace(/^&/, '');

function expected({ parsed }: Example): CostQuery {
  return {
    measures: parsed.measures as string[],
    by: parsed.by as string[],
    where: parsed.where.map(({ dimension, values, exclude }) => ({
      dimension,
      negated: exclude,
      values: values.map(({ kind, text }) =>
        kind === 'none' ? NONE : { text, contains: kind === 'contains', marker: false },
      ),
    })),
    period: parsed.period as string,
    grain: parsed.grain as CostQuery['grain'],
    basis: parsed.basis as CostQuery['basis'],
    compare: parsed.compare as string,
    normalise: parsed.normalise as CostQuery['normalise'],
    top: parsed.top as number | null,
    sort: (parsed.sort as { column: string; descending: boolean }[]).map(sortWord),
    currency: parsed.currency as string[],
    knownOn: parsed.known_on as string | null,
    incomplete: parsed.incomplete as CostQuery['incomplete'],
  };
}

function sortWord({ column, descending }: { column: string; descending: boolean }): string {
  return (descending ? '-' : '') + column;
}

describe('examples shared with the server', () => {
  test.each(shared.good.map((example) => [example.about, example] as const))('%s', (_about, example) => {
    const { query, faults } = parseQuery(words(example.text));
    expect(faults).toEqual([]);
    const { sort, ...rest } = query;
    const { sort: wanted, ...others } = expected(example);
    expect(rest).toEqual(others);
    expect(sort).toHaveLength(wanted.length);
    expect(printQuery(query)).toBe(ours(example.canonical));
    expect(printQuery(parseQuery(words(ours(example.canonical))).query)).toBe(ours(example.canonical));
  });

  /** Said twice, the page takes the last; measures are the page's own choice, so what depends on them is not judged here. */
  const judged = (text: string) =>
    new Set(words(text).map(([word]) => word)).size === words(text).length && !text.includes('measures=');
  const shapes = shared.bad
    .filter(({ text }) => judged(text))
    .filter(({ faults }) =>
      faults.every(({ field }) =>
        ['period', 'grain', 'basis', 'compare', 'normalise', 'top', 'known_on', 'incomplete'].includes(field ?? ''),
      ),
    );
  test.each(shapes.map((bad) => [bad.text, bad] as const))(
    '%s is named, and something stands in for it',
    (text, bad) => {
      const { query, faults } = parseQuery(words(text));
      expect(faults.map(({ word }) => word)).toEqual(bad.faults.map(({ field }) => field));
      expect(parseQuery(words(printQuery(query))).faults).toEqual([]);
    },
  );
});

const name = fc.oneof(
  fc.constantFrom('team', 'service', 'tag.kube:app'),
  fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.isWellFormed()),
);
const value = fc.oneof(
  fc
    .string({ unit: 'grapheme' })
    .filter((text) => text.isWellFormed())
    .map(literal),
  fc.constant(NONE),
  fc.constantFrom('(none)', '(other)', '~x', '-y', 'a,b', 'a\\b', '%', '+', '&=').map(literal),
  fc.string().map((text) => ({ text, contains: true, marker: false })),
);
const filters = fc.array(
  fc.record({ dimension: name, negated: fc.boolean(), values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  { maxLength: 3 },
);

test('what was printed is read as the same question', () => {
  fc.assert(
    fc.property(filters, fc.array(name, { maxLength: 2 }), (where, by) => {
      const query: CostQuery = { ...DEFAULTS, where, by };
      const read = parseQuery(words(printQuery(query)));
      expect(read.faults).toEqual([]);
      expect(read.query).toEqual(query);
    }),
  );
});

test('an address keeps the view and names what it does not know', () => {
  const address = parseAddress('by=team&chart=lines&tab=usage&servise=x&chart=pie');
  expect(address.view).toMatchObject({ chart: 'bars', tab: 'usage' });
  expect(address.faults.map(({ word }) => word)).toEqual(['servise', 'chart']);
  expect(printAddress(DEFAULTS, VIEW_DEFAULTS)).toBe('');
  expect(printAddress({ ...DEFAULTS, by: ['team'] }, { ...VIEW_DEFAULTS, chart: 'lines' })).toBe('by=team&chart=lines');
});

describe('periods', () => {
  test.each(['all', 'last_7_days', '2026-02', '2026-09-01..2026-09-30', 'last_12_months'])('%s is one', (word) =>
    expect(isPeriod(word)).toBe(true),
  );
  test.each(['last_0_days', '2026-13', '2026-02-30..2026-03-01', '2026-09-30..2026-09-01', ''])('%s is none', (word) =>
    expect(isPeriod(word)).toBe(false),
  );

  test('stepping keeps the length, months stay months', () => {
    expect(step({ start: '2026-11-01', end: '2026-11-21' }, -1)).toBe('2026-10');
    expect(step({ start: '2026-10-22', end: '2026-11-21' }, -1)).toBe('2026-09-22..2026-10-21');
    expect(step({ start: '2026-08-01', end: '2026-11-01' }, 1)).toBe('2026-11-01..2027-01-31');
    expect(step({ start: '2026-12-01', end: '2027-01-01' }, 1)).toBe('2027-01');
  });

  test('are said as people say them', () => {
    expect(periodLabel('2026-09-01..2026-09-17')).toBe('1–17 Sep 2026');
    expect(periodLabel('2026-09')).toBe('Sep 2026');
    expect(periodLabel('FY2027-Q3')).toBe('FY2027 Q3');
    expect(fiscalName('2027-01-01', true, { fiscal_year_starts: 4, fiscal_year_named: 'end' })).toBe('FY2027 Q4');
    expect(fiscalName('2026-04-01', false, { fiscal_year_starts: 4, fiscal_year_named: 'start' })).toBe('FY2026');
    expect(periodLabel('last_45_days')).toBe('Last 45 days');
  });
});
