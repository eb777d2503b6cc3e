import { expect, test } from 'vitest';
import { currenciesOf, specOf } from '../../src/attribution/tags/ComplianceTrend';
import { parseTagPlace, printTagPlace } from '../../src/attribution/tags/place';

test('what lies open on the tab of tags is one word, whatever keys are called', () => {
  const places = [
    { kind: 'key', key: 'user:Team' },
    { kind: 'key', key: 'a/b' },
    { kind: 'policy', policy: 'owned', key: 'a/b @%' },
    { kind: 'campaign', campaign: '12ab', team: '(none)' },
    { kind: 'campaign', campaign: '12ab', team: '' },
  ] as const;
  for (const place of places) expect(parseTagPlace(printTagPlace(place))).toEqual(place);
  expect(parseTagPlace('@policy/%')).toEqual({ kind: 'policy', policy: '%', key: '' });
});

test('the months of compliance are drawn in their order, as the server added them up', () => {
  const row = (bucket: string, judged: string, currency = 'EUR') => ({
    bucket,
    policy: 'p',
    key: null,
    team: null,
    currency,
    judged,
    compliant: judged,
    missing: '0',
    not_allowed: '0',
    percent: '100',
  });
  const trend = {
    totals: [row('2026-02-01', '2'), row('2026-02-01', '7', 'USD'), row('2026-01-01', '1.5')],
    period: { start: '2026-01-01', end: '2026-03-01' },
    complete_to: '2026-02-28',
  };
  const spec = specOf(trend, '', 'EUR');
  expect(spec.buckets).toEqual(['2026-01-01', '2026-02-01']);
  expect(spec.totals).toEqual(['1.5', '2']);
  expect(spec.series.map(({ label }) => label)).toEqual(['Compliant', 'Key missing', 'Value not allowed']);
  expect(spec.partial).toEqual([false, false]);
  expect(currenciesOf(trend, '')).toEqual(['EUR', 'USD']);
  expect(specOf(trend, '', 'USD').totals).toEqual(['7']);
  expect(specOf({ ...trend, complete_to: '2026-02-20' }, '', 'EUR').partial).toEqual([false, true]);
  const cut = { start: '2026-01-01', end: '2026-02-10' };
  expect(specOf({ ...trend, period: cut }, '', 'EUR').partial).toEqual([false, true]);
});
