import { expect, test } from 'vitest';
import { change } from '../../src/format/change';
import { setLocale } from '../../src/format/format';

setLocale('en-US');
const of = (now: string, before: string, difference: string, percent: string | null) =>
  change({ now, before, change: difference, changePercent: percent });

test('arrow, sign and number', () => {
  expect(of('30000', '28795.67', '1204.33', '4.2')?.text).toBe('▲ +1,204.33 (+4.2\u202f%)');
  expect(of('28795.67', '30000', '-1204.33', '-4.0')?.text).toBe('▼ −1,204.33 (−4.0\u202f%)');
});

test('what has no honest percent has words', () => {
  expect(of('50', '0', '50', null)?.note).toBe('new');
  expect(of('0', '50', '-50', '-100.0')?.note).toBe('ended');
  expect(of('60', '0.5', '59.5', '11900.0')?.note).toBe('');
  expect(of('6000', '50', '5950', '11900.0')?.note).toBe('>999 %');
});

test('noise is not a change', () => {
  expect(of('100', '95', '5', '5.3')).toMatchObject({ direction: 'same', note: '≈ same' });
  expect(of('100', '110', '-9.99', '-9.1')?.direction).toBe('same');
  expect(of('100', '90', '10.00', '11.1')?.direction).toBe('up');
});

test('without a comparison there is nothing to say', () => {
  expect(change({ now: '1', before: null, change: null, changePercent: null })).toBeNull();
});
