import { expect, test } from 'vitest';
import { LIGHT, UNALLOCATED } from '../../src/chart/palette';
import { escaped, placed, svgOf } from '../../src/chart/picture';
import type { ChartSpec } from '../../src/chart/spec';

const spec: ChartSpec = {
  form: 'bars',
  measure: 'Effective cost',
  unit: 'EUR',
  grain: 'day',
  buckets: ['2026-11-01', '2026-11-02'],
  partial: [false, true],
  series: [
    {
      key: 'a',
      label: '<script>"&\u0001',
      kind: 'group',
      swatch: { slot: 0, texture: 'solid' },
      values: ['1.5', '2'],
    },
  ],
  totals: ['1.5', '2'],
  previous: null,
};

test('a picture says by itself what it shows, and names bring no markup', async () => {
  const svg = await svgOf(spec, 'Cost by day', LIGHT);
  expect(svg).toContain('Cost by day');
  expect(svg).toContain('Effective cost, EUR; 1 not complete');
  expect(svg).toContain('&lt;script&gt;&quot;&amp;');
  expect(svg).not.toContain('<script');
  expect(svg.match(/<svg/g)?.length).toBeGreaterThan(1);
});

test('names stand in as many lines as they need', () => {
  const names = Array.from({ length: 20 }, (_, index) => ({
    label: `a rather long name ${index}`,
    swatch: UNALLOCATED,
  }));
  const lines = new Set(placed(names).map(({ y }) => y));
  expect(lines.size).toBeGreaterThan(2);
  expect(placed(names).every(({ x }) => x < 960)).toBe(true);
});

test('control signs are left out of XML', () => expect(escaped('a\u0000b<')).toBe('ab&lt;'));
