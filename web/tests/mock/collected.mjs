// A source that is collected, and a kind of source that can be connected; no provider's name.
import { COMPLETE } from './data.mjs';

const run = (id, state, more = {}) => ({
  id,
  state,
  actor: 'schedule',
  started_at: '2026-11-18T06:00:00Z',
  ended_at: '2026-11-18T06:02:10Z',
  failure: null,
  message: null,
  next_step: null,
  months: [{ period: '2026-11', state: 'live', cause: 'new data', size_bytes: 1200 }],
  ...more,
});

export const COLLECTOR = {
  kind: 'store',
  label: 'Cirro',
  grade: 'full',
  origin: 'api',
  settings: { bucket: 'bills', key: 'stored:cirro.key', tables: ['a', 'b'] },
  months: 14,
  interval_hours: 6,
  paused: false,
  running: false,
  breaker_open: false,
  next_run_at: '2026-11-18T12:00:00Z',
  last_success_at: '2026-11-17T06:00:00Z',
  runs: [
    run('r-2', 'failed', {
      failure: 'configuration',
      message: 'read on bills is not allowed.',
      next_step: 'Grant read on bills.',
    }),
    run('r-1', 'done'),
  ],
  spent_month: [{ name: 'page', units: 12, cost: '0.12' }],
  cost_month: '0.12',
  cost_today: '0.01',
  credential_ends_at: '2026-11-29T00:00:00Z',
};

export const ISSUES = [
  { message: 'read on bills is not allowed.', actor: 'operator', next_step: 'Grant read on bills.', load: null },
  { message: 'Data ends at 2026-11-16, 40 h ago; normal are 16 h.', actor: 'provider', next_step: null, load: 'l-4' },
];

const KINDS = [
  {
    kind: 'store',
    label: 'Bills in a store',
    grade: 'full',
    normal_lag_hours: 36,
    interval_hours: 6,
    settings: {
      properties: {
        bucket: { type: 'string', description: 'Name of the bucket.' },
        prefix: { type: 'string', default: '', description: 'Folder of the exports.' },
        key: { anyOf: [{ type: 'string', format: 'secret' }, { type: 'null' }], description: 'Reference to a key.' },
        tables: { type: 'array', items: { type: 'string' }, description: 'Tables.' },
      },
      required: ['bucket'],
    },
    permissions: [
      {
        name: 'read',
        title: 'Policy of the reader',
        language: 'json',
        template: '{"Allow":"read","At":"$' + '{bucket}/$' + '{prefix}/*","To":"$' + '{READER}"}',
        required: true,
        actions: ['read'],
      },
      {
        name: 'terraform',
        title: 'The same',
        language: 'hcl',
        template: 'resource "reader" "costs" {}',
        required: false,
        actions: [],
      },
    ],
  },
  {
    kind: 'totals',
    label: 'Totals of an interface',
    grade: 'summary',
    normal_lag_hours: 24,
    interval_hours: 24,
    settings: { properties: {} },
    permissions: [],
  },
];

const totals = [
  { currency: 'EUR', billed_cost: '38211.07', effective_cost: '38211.07', list_cost: null, contracted_cost: null },
];

/** What is known of a source beside its months; null for other paths. */
export function collected(path) {
  if (path === '/source-kinds') return { kinds: KINDS };
  const fact = /^\/sources\/([^/]+)\/(spending|schema|removal)$/.exec(path);
  if (!fact) return null;
  const [, source, name] = fact;
  if (name === 'spending')
    return {
      source,
      days: [{ day: COMPLETE, spent: [{ name: 'page', units: 12, cost: '0.12' }], cost: '0.12' }],
      caps: [{ name: 'page', unit_cost: '0.01', run_max: 50, day_max: 50 }],
      cost: '0.12',
    };
  if (name === 'schema')
    return {
      source,
      changes: [
        {
          at: '2026-11-02T06:00:00Z',
          period: '2026-11',
          generation: 3,
          format: 'focus',
          appeared: ['x_Discount'],
          vanished: [],
          columns: 41,
        },
      ],
    };
  return {
    source,
    query: '',
    months: [
      { period: '2026-11', closed: false, totals },
      { period: '2026-10', closed: true, totals },
    ],
    totals,
    closed: ['2026-10'],
    may_erase: false,
    sentences: {
      keep: 'It is collected no more. Its 2 billing periods stay in every answer as they are.',
      hide: 'Its 2 billing periods leave every answer until you bring it back.',
      erase: 'Refused: 2026-10 is closed and depends on it.',
    },
  };
}
