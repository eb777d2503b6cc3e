import { describe, expect, test } from 'vitest';
import { DARK, LIGHT, places } from '../../src/chart/palette';
import { contrast, deltaE2000, lab, SIGHTS } from './colour';

const DISTANCE_MIN = 12.7;
const CONTRAST_MIN = 3;

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('%s slots', (_theme, palette) => {
  const colours = [...palette.slots, palette.grey];
  test.each(SIGHTS)('differ for %s sight', (sight) => {
    const seen = colours.map((colour) => lab(colour, sight));
    const distances = seen.flatMap((a, index) => seen.slice(index + 1).map((b) => deltaE2000(a, b)));
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(DISTANCE_MIN);
  });
  test('stand out from the background', () => {
    for (const colour of colours) expect(contrast(colour, palette.background)).toBeGreaterThanOrEqual(CONTRAST_MIN);
  });
});

test('who has a place keeps it; newcomers take the first free one', () => {
  const first = places(['b', 'a'], {});
  expect(first).toEqual({ b: 0, a: 1 });
  expect(places(['c', 'a'], first)).toEqual({ b: 0, a: 1, c: 2 });
});
