import { describe, expect, test } from 'vitest';
import { toOptions } from '../../src/chart/options';
import { LIGHT } from '../../src/chart/palette';
import type { Step } from '../../src/chart/spec';
import { reading, summary } from '../../src/chart/summary';
import { isCut, LESS, MORE, swatchOf, WHOLE, waterfallSpec } from '../../src/chart/waterfall';
import { explainQuery, monthText, parseWhy, printWhy } from '../../src/explain/questions';
import { setLocale } from '../../src/format/format';
import { DEFAULTS } from '../../src/query/query';

setLocale('en-US');
const STEPS: Step[] = [
  { kind: 'start', key: 'start', label: 'Before', amount: '100', from: '0', to: '100' },
  { kind: 'part', key: 'usage', label: 'Usage', amount: '20.5', from: '100', to: '120.5' },
  { kind: 'part', key: 'credit', label: 'Credits', amount: '-30', from: '120.5', to: '90.5' },
  { kind: 'other', key: '(other)', label: 'Other (2)', amount: '1', from: '90.5', to: '91.5' },
  { kind: 'end', key: 'end', label: 'Now', amount: '91.5', from: '0', to: '91.5' },
];
const SPEC = waterfallSpec(STEPS, 'Effective cost', 'USD');
const LOOK = { palette: LIGHT, width: 900, font: 'sans-serif' };

describe('a waterfall', () => {
  test('is said as a sentence and step by step', () => {
    expect(summary(SPEC)).toBe(
      'Effective cost, USD: Before 100.00; Usage more by 20.50; Credits less by 30.00; Other (2) more by 1.00; Now 91.50.',
    );
    expect(reading(SPEC, 2)).toBe('Credits less by 30.00 USD');
  });

  test('tells more from less, and wholes from parts', () => {
    expect(STEPS.map(swatchOf)).toEqual([WHOLE, MORE, LESS, { slot: -1, texture: 'hatch' }, WHOLE]);
  });

  test('cuts its axis only where the steps would be too small to see', () => {
    expect(isCut(STEPS)).toBe(true);
    const small = [...STEPS.slice(0, 2), { ...STEPS[2], to: '-5' } as Step];
    expect(isCut(small)).toBe(false);
    const axisOf = (spec: typeof SPEC) => (toOptions(spec, LOOK) as { yAxis: { scale: boolean } }).yAxis.scale;
    expect(axisOf(SPEC)).toBe(true);
    expect(axisOf(waterfallSpec(small, 'Cost', 'USD'))).toBe(false);
  });
});

describe('the word of an open explanation', () => {
  test.each(['cause', 'team', 'service~team:a\\,b', 'cause~-tag.env:~x', 'cause~team:(none)'])('%s', (word) => {
    const why = parseWhy(word);
    expect(why && printWhy(why)).toBe(word);
  });

  test('nothing open is no word', () => {
    expect(parseWhy('')).toBeNull();
  });

  test('the question keeps what makes the change and leaves the rest', () => {
    const query = { ...DEFAULTS, by: ['team', 'service'], top: 5, compare: 'year', period: '2026-10' };
    const why = parseWhy('service~team:a');
    expect(why && explainQuery(query, why)).toMatchObject({ by: ['service'], top: null, compare: 'year' });
    expect(why && explainQuery(query, why).where).toHaveLength(1);
    expect(monthText({ ...DEFAULTS, period: 'month_to_date' })).toBe('period=month_to_date&compare=previous');
  });
});
