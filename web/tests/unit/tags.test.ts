import { expect, test } from 'vitest';
import { specOf } from '../../src/attribution/tags/ComplianceTrend';
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
  const row = (bucket: string, judged: string) => ({
    bucket,
    policy: 'p',
    key: null,
    team: null,
    currency: 'EUR',
    judged,
    compliant: judged,
    missing: '0',
    not_allowed: '0',
    percent: '100',
  });
  const spec = specOf([row('2026-02-01', '2'), row('2026-01-01', '1.5')], 'EUR');
  expect(spec.buckets).toEqual(['2026-01-01', '2026-02-01']);
  expect(spec.totals).toEqual(['1.5', '2']);
  expect(spec.series.map(({ label }) => label)).toEqual(['Compliant', 'Key missing', 'Value not allowed']);
});
