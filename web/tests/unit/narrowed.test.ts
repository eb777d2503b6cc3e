import { describe, expect, test } from 'vitest';
import { isWritten, meanings, moved, narrowed } from '../../src/query/narrowed';
import { isShort } from '../../src/query/period';
import { DEFAULTS, parseQuery, printQuery, words } from '../../src/query/query';

const asked = (text: string) => parseQuery(words(text)).query;
const days = { start: '2026-10-29', end: '2026-11-28' };
const before = { start: '2026-09-29', end: '2026-10-29' };
const link = (text: string, answer: Parameters<typeof narrowed>[1] = { period: days, compare: before }) =>
  printQuery(narrowed(asked(text), answer));

describe('a link beside a figure', () => {
  test('says the days of the figure, the last one included', () => {
    expect(link('by=team')).toBe('by=team&period=2026-10-29..2026-11-27');
    expect(link('period=month_to_date&basis=billing')).toContain('period=2026-10-29..2026-11-27&basis=billing');
    expect(link('known_on=2026-11-20&incomplete=include')).toBe(
      'period=2026-10-29..2026-11-27&known_on=2026-11-20&incomplete=include',
    );
  });

  test.each(['2026-11', '2026-11-01..2026-11-30', 'FY2027-Q3', 'all'])('leaves %s as it is', (period) => {
    expect(link(`period=${period}`)).toBe(`period=${period}`);
  });

  test('compares and divides over all days of its whole, whoever is late', () => {
    const pinned = 'period=2026-10-29..2026-11-27&compare=2026-09-29..2026-10-28&incomplete=include';
    for (const word of ['previous', 'year', '2026-09-29..2026-10-28']) expect(link(`compare=${word}`)).toBe(pinned);
    expect(link('period=2026-11&compare=previous')).toBe(pinned);
    expect(link('normalise=day')).toBe('period=2026-10-29..2026-11-27&normalise=day&incomplete=include');
  });

  test('is the page again where nothing is known of the days', () => {
    expect(printQuery(narrowed(asked('compare=previous'), undefined))).toBe('compare=previous');
    expect(link('', { period: { start: null, end: null } })).toBe('');
    expect(link('compare=previous', { period: days })).toBe(
      'period=2026-10-29..2026-11-27&compare=previous&incomplete=include',
    );
  });
});

describe('other days', () => {
  const back = (text: string, period: string) => printQuery({ ...asked(text), ...moved(asked(text), period) });

  test('take a comparison along that a link wrote out', () => {
    expect(back(link('compare=previous'), DEFAULTS.period)).toBe('compare=previous');
    const year = link('compare=year', { period: days, compare: { start: '2025-10-29', end: '2025-11-28' } });
    expect(back(year, 'last_7_days')).toBe('period=last_7_days&compare=year');
    expect(back(link('normalise=day'), 'last_week')).toBe('period=last_week&normalise=day');
    expect(back(link(''), 'last_week')).toBe('period=last_week');
  });

  test('leave a comparison alone that the reader chose', () => {
    const own = 'compare=2026-09-01..2026-09-30';
    expect(back(own, 'last_week')).toBe(`period=last_week&${own}`);
    expect(back('incomplete=include', 'last_week')).toBe('period=last_week&incomplete=include');
  });
});

describe('what is kept of days that a link wrote out', () => {
  const ways = (text: string) => meanings(asked(text)).map(({ label, change }) => [label, change.period ?? '']);

  test('is their word again, or the days as they stand', () => {
    const text = link('period=last_90_days&compare=previous');
    expect(ways(text)).toEqual([
      ['Last 90 days', 'last_90_days'],
      ['29 Oct – 27 Nov 2026', ''],
    ]);
    const [word] = meanings(asked(text));
    expect(printQuery({ ...asked(text), ...word.change })).toBe('period=last_90_days&compare=previous');
    expect([isWritten(asked(text)), isWritten(asked('period=2026-11'))]).toEqual([true, false]);
  });

  test('is said once where no link wrote them', () => {
    expect(ways('')).toEqual([['Last 30 days', '']]);
    expect(ways('period=2026-09-03..2026-09-04')).toEqual([['3–4 Sep 2026', '']]);
  });
});

test('days that are few can be drawn before their number is asked', () => {
  expect(isShort('2026-10-29..2026-11-27')).toBe(true);
  expect(isShort('2026-01-01..2026-11-27')).toBe(false);
});
