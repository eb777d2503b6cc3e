// Documents that do not depend on a question.
import { COLLECTOR, collected, ISSUES } from './collected.mjs';
import { COMPLETE, EXPORTS, NAMES } from './data.mjs';

const money = (billed) => [
  { currency: 'EUR', billed_cost: billed, effective_cost: billed, list_cost: billed, contracted_cost: billed },
];
const rows = { received: 412031, mapped: 411800, folded: 200, skipped: 31, rejected: 0, generated: 12, stored: 411812 };

const source = (name, label, more = {}) => ({
  source: name,
  label,
  format: 'focus',
  kind: 'demo',
  active: true,
  grain: 'daily',
  first_day: '2026-07-01',
  data_to: COMPLETE,
  lag_hours: 9,
  normal_lag_hours: 16,
  late: false,
  loaded_at: '2026-11-18T06:12:00Z',
  rows: 91231,
  periods: 5,
  totals: money('182034.22'),
  warnings: [],
  held: 0,
  quarantined: 0,
  collector: null,
  removal: null,
  issues: [],
  ...more,
});

const SOURCES = [
  source('nimbus', 'Nimbus'),
  source('stratus', 'Stratus'),
  source('cirro', 'Cirro', { data_to: '2026-11-16', late: true, lag_hours: 40, collector: COLLECTOR, issues: ISSUES }),
  source('ledgerly', 'Ledgerly', { grain: 'monthly', data_to: '2026-10-31', rows: 210, lag_hours: null }),
];

const load = (id, name, period, state, more = {}) => ({
  id,
  source: name,
  period,
  generation: 3,
  state,
  format: 'focus',
  actor: 'local',
  created_at: '2026-11-18T06:10:00Z',
  ended_at: '2026-11-18T06:12:00Z',
  rows,
  totals: money('38211.07'),
  message: null,
  action: null,
  warnings: [],
  error: null,
  ...more,
});

const LOADS = [
  load('l-4', 'stratus', '2026-11', 'held', {
    message: 'This load holds 41 % fewer rows than the one it would replace.',
    action: 'Accept it if the month really shrank, or reject it and ask for the file again.',
  }),
  load('l-3', 'nimbus', '2026-11', 'live'),
  load('l-2', 'cirro', '2026-11', 'quarantined', {
    message: 'A listed file is missing: part-00002.csv.gz.',
    action: 'Wait for the export to finish, then import it again.',
  }),
  load('l-1', 'nimbus', '2026-10', 'superseded'),
];

const RESTATEMENTS = [
  {
    at: '2026-11-04T06:12:00Z',
    source: 'nimbus',
    period: '2026-10',
    cause: 'new data',
    generation: 3,
    load: 'l-1',
    rows_before: 18000,
    rows_after: 18040,
    change: money('-1210.5'),
  },
];

const detail = (found) => ({
  ...found,
  files: [{ name: 'part-00001.csv.gz', digest: 'ab'.repeat(32), rows: 412031, size_bytes: 18234112 }],
  steps: ['fetch', 'normalise', 'verify', 'land', 'swap', 'live'].map((stage) => ({
    stage,
    started_at: '2026-11-18T06:10:00Z',
    ended_at: '2026-11-18T06:11:00Z',
  })),
  left_out: [{ kind: 'folded', reason: 'zero cost and zero usage', rows: 200 }],
  control: [
    {
      billing_account: 'acct-1',
      currency: 'EUR',
      period: found.period,
      expected: '38211.07',
      stored: '38211.07',
      difference: '0',
    },
  ],
  previous: money('37100.01'),
  residue: '0',
});

const months = () => ({
  source: 'any',
  months: ['2026-07', '2026-08', '2026-09', '2026-10', '2026-11'].map((period, index) => ({
    period,
    generation: index + 1,
    state: 'live',
    rows: 18000,
    loaded_at: '2026-11-18T06:12:00Z',
    first_day: `${period}-01`,
    data_to: period === '2026-11' ? COMPLETE : `${period}-30`,
    totals: money('36000.5'),
    restated: index === 2 ? 1 : 0,
  })),
});

const MEASURES = [
  [
    'effective_cost',
    'Effective cost',
    'currency',
    'Cost with commitments and upfront fees spread over what they cover.',
  ],
  ['billed_cost', 'Billed cost', 'currency', 'What the invoice says: the basis of finance.'],
  ['list_cost', 'List cost', 'currency', 'Cost at public prices, before any discount.'],
  ['pricing_quantity', 'Pricing quantity', 'quantity', 'Usage as priced.'],
];
const DIMENSIONS = [
  'provider',
  'billing_account',
  'sub_account',
  'service',
  'service_category',
  'region',
  'resource',
  'resource_type',
  'charge_category',
  'cost_driver',
  'source',
  'team',
  'application',
  'environment',
  'cost_centre',
];
const title = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

export function fixed(path, method, mode) {
  const empty = mode === 'empty';
  if (path === '/status')
    return {
      version: '0.1.0',
      ready: true,
      empty,
      demo: !empty,
      demo_loading: false,
      generations: 'mock',
      today: '2026-11-18',
      rules_version: 4,
      rules_writable: true,
      proposal_available: mode === 'proposal',
      data_to: { nimbus: COMPLETE },
      first_day: '2026-07-01',
      currencies: ['EUR'],
      sources: empty ? 0 : 4,
      late: ['cirro'],
      held: empty ? 0 : 1,
      quarantined: empty ? 0 : 1,
      needs_attention: 0,
      jobs_running: 0,
      notes: [],
    };
  if (path === '/catalogue')
    return {
      measures: MEASURES.map(([name, label, unit, doc]) => ({ name, label, unit, doc, additive: true })),
      dimensions: DIMENSIONS.map((name) => ({ name, label: title(name), doc: '' })),
      tags: ['team', 'env', 'cost-center'],
      names: NAMES,
    };
  if (path === '/subscriptions') return { subscriptions: [] };
  if (path === '/views') return { views: [] };
  if (path === '/annotations') return { annotations: [] };
  if (path === '/rules/versions') return [];
  if (path === '/preferences')
    return {
      noise_floor: '10.00',
      fiscal_year_starts: 1,
      fiscal_year_named: 'end',
      request_days: 14,
      start_view: null,
    };
  if (path === '/rules')
    return { org: '', rules: '', files: {}, version: 4, applied_at: null, actor: null, writable: true, place: null };
  if (path === '/pools') return { text: '', version: 4, pools: [], periods: [], writable: true };
  if (path === '/sources') return { sources: empty ? [] : SOURCES };
  if (/^\/sources\/[^/]+\/months$/.test(path)) return months();
  if (path === '/exports')
    return { exports: mode === 'files' ? EXPORTS : [], size_bytes: 0, size_bytes_max: 10737418240, kept_hours: 24 };
  if (path === '/entities/imports')
    return {
      place: null,
      interval_hours: null,
      next_run: null,
      running: false,
      state: null,
      ended_at: null,
      message: null,
      changes: 0,
      issues: [],
    };
  if (path === '/loads') return { loads: empty ? [] : LOADS };
  if (path.startsWith('/loads/') && method === 'POST') return { ok: true };
  if (path.startsWith('/loads/')) return detail(LOADS.find((item) => item.id === path.slice(7)) ?? LOADS[1]);
  if (path === '/restatements') return { restatements: empty ? [] : RESTATEMENTS };
  if (path === '/colours') return { dimension: 'team', slots: { checkout: 1, search: 2, data: 3 } };
  if (path === '/jobs') return { jobs: [] };
  if (path === '/demo')
    return {
      present: true,
      loading: false,
      sources: [],
      items: [
        {
          key: 'spike',
          title: 'Traffic',
          sentence: 'Traffic through the Nimbus Gateway of checkout tripled on 9 November.',
          address: '/explore?by=service&where=team:checkout',
          query: null,
          amounts: {},
        },
        {
          key: 'credit',
          title: 'Credit',
          sentence: 'A credit of 4,200 EUR arrived on 3 November, after October was closed.',
          address: '/explore?by=charge_category',
          query: null,
          amounts: {},
        },
      ],
    };
  if (path === '/rules/proposal')
    return {
      available: true,
      sentence: 'Tag `team` covers 71.4 %, account names the rest.',
      org: '',
      rules: '',
      teams: ['checkout', 'search'],
      effects: [
        { team: 'checkout', currency: 'EUR', before: '0', after: '48123.22', change: '48123.22' },
        { team: null, currency: 'EUR', before: '92000.10', after: '4211.2', change: '-87788.9' },
      ],
      coverage: [
        { currency: 'EUR', before: '0', after: '95.4', unallocated_before: '100.0', unallocated_after: '4.6' },
      ],
    };
  return collected(path);
}
