// Documents in the shape of the contract, computed from the mock estate.
import { COMPLETE, decimal, FIRST, LAST, NAMES, percent, ROWS, shift } from './data.mjs';

const plain = (text) => text.replace(/\\([\s\S])/g, '$1');
const cut = (text) => text.split(/(?<!\\),/);

export function read(params) {
  return {
    measures: (params.get('measures') ?? 'effective_cost').split(','),
    by: (params.get('by') ?? '').split(',').filter(Boolean).map(plain),
    where: params.getAll('where').map((text) => {
      const negated = text.startsWith('-');
      const [, name, values] = /^((?:\\.|[^:])*):([\s\S]*)$/.exec(negated ? text.slice(1) : text) ?? [];
      return { name, negated, values: cut(values ?? '') };
    }),
    period: params.get('period') ?? 'last_30_days',
    grain: params.get('grain') ?? 'none',
    compare: params.get('compare') ?? 'none',
    top: Number(params.get('top') ?? 0),
  };
}

export function resolve(period) {
  const end = shift(COMPLETE, 1);
  const days = /^last_(\d+)_days$/.exec(period);
  if (days) return [shift(end, -Number(days[1])), end];
  if (period === 'month_to_date') return ['2026-11-01', end];
  if (period === 'last_month') return ['2026-10-01', '2026-11-01'];
  if (period === 'last_week') return ['2026-11-09', '2026-11-16'];
  if (/^\d{4}-\d{2}$/.test(period))
    return [`${period}-01`, new Date(Date.UTC(+period.slice(0, 4), +period.slice(5), 1)).toISOString().slice(0, 10)];
  if (period.includes('..')) return [period.slice(0, 10), shift(period.slice(12), 1)];
  return [FIRST, shift(LAST, 1)];
}

const passes = (row, { name, negated, values }) => {
  const own = row[name] ?? null;
  const hit = values.some((value) =>
    value === '(none)'
      ? own === null
      : value.startsWith('~')
        ? (own ?? '').includes(plain(value.slice(1)))
        : own === plain(value),
  );
  return hit !== negated;
};

const bucketOf = (day, grain) => {
  if (grain === 'month') return `${day.slice(0, 7)}-01`;
  if (grain === 'week') return shift(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
  return day;
};

function previousOf([start, end], compare) {
  if (compare === 'none') return null;
  if (compare === 'year') return [`2025${start.slice(4)}`, `2025${end.slice(4)}`];
  if (start.endsWith('-01') && start.slice(0, 7) === shift(end, -1).slice(0, 7)) {
    const month = new Date(`${start}T00:00:00Z`);
    month.setUTCMonth(month.getUTCMonth() - 1);
    const from = month.toISOString().slice(0, 10);
    return [from, `${from.slice(0, 8)}${end.slice(8)}`];
  }
  const length = (Date.parse(end) - Date.parse(start)) / 86_400_000;
  return [shift(start, -length), start];
}

function sum(query, [start, end], lag = 0) {
  const units = query.measures.includes('pricing_quantity');
  const out = new Map();
  for (const row of ROWS) {
    if (row.day < start || row.day >= end || !query.where.every((filter) => passes(row, filter))) continue;
    const group = query.by.map((name) => (name.startsWith('tag.') ? row.environment : (row[name] ?? null)));
    const bucket = query.grain === 'none' ? null : bucketOf(shift(row.day, lag), query.grain);
    const unit = units ? row.pricing_unit : null;
    const key = JSON.stringify([bucket, group, unit]);
    const cell = out.get(key) ?? { bucket, group, unit, micros: 0n, amount: 0n };
    cell.micros += row.micros;
    cell.amount += row.amount;
    out.set(key, cell);
  }
  return out;
}

function fold(query, range) {
  if (!query.top || !query.by.length) return null;
  const ranked = [...sum({ ...query, grain: 'none' }, range).values()]
    .filter((cell) => cell.group[0] !== null)
    .sort((a, b) => (a.micros < b.micros ? 1 : -1));
  return new Set(ranked.slice(0, query.top).map((cell) => cell.group[0]));
}

function folded(cells, keep) {
  if (!keep) return [...cells.values()];
  const out = new Map();
  for (const cell of cells.values()) {
    const value = cell.group[0] === null || keep.has(cell.group[0]) ? cell.group[0] : '(other)';
    const key = JSON.stringify([cell.bucket, value]);
    const into = out.get(key) ?? { ...cell, group: [value], micros: 0n, amount: 0n };
    into.micros += cell.micros;
    out.set(key, into);
  }
  return [...out.values()];
}

export function answer(query) {
  const range = resolve(query.period);
  const previous = previousOf(range, query.compare);
  const keep = fold(query, range);
  const cells = folded(sum(query, range), keep);
  const lag = previous ? (Date.parse(range[0]) - Date.parse(previous[0])) / 86_400_000 : 0;
  const before = new Map(
    previous
      ? folded(sum(query, previous, lag), keep).map((cell) => [
          JSON.stringify([cell.bucket, cell.group, cell.unit]),
          cell,
        ])
      : [],
  );
  const cost = query.measures.find((name) => name.endsWith('_cost')) ?? 'effective_cost';
  const total = cells.reduce((all, cell) => all + cell.micros, 0n);
  const rowOf = (cell, then) => {
    const row = Object.fromEntries(query.by.flatMap((name, index) => named(name, cell.group[index])));
    if (cell.bucket) row[query.grain] = cell.bucket;
    if (query.top && query.by.length) row.rest = cell.group[0] === '(other)' ? 'true' : null;
    row.currency = 'EUR';
    if (cell.unit) row.pricing_unit = cell.unit;
    for (const name of query.measures) {
      if (name.endsWith('_cost')) row[name] = decimal(cell.micros);
      if (name === 'pricing_quantity') row[name] = decimal(cell.amount, 3);
      if (name === 'effective_rate') row[name] = cell.amount ? decimal((cell.micros * 1000n) / cell.amount) : null;
      if (name === 'share') row[name] = percent(cell.micros, total);
    }
    if (previous) {
      const old = then?.micros ?? 0n;
      row[`previous_${cost}`] = decimal(old);
      row[`change_${cost}`] = decimal(cell.micros - old);
      row[`change_percent_${cost}`] = percent(cell.micros - old, old < 0n ? -old : old);
    }
    return row;
  };
  const rows = cells.map((cell) => rowOf(cell, before.get(JSON.stringify([cell.bucket, cell.group, cell.unit]))));
  rows.sort((a, b) => Number(b[cost]) - Number(a[cost]));
  const whole = { group: [], micros: total, amount: 0n };
  const then = { micros: [...before.values()].reduce((all, cell) => all + cell.micros, 0n) };
  return {
    query: '',
    period: { start: range[0], end: range[1] },
    compare: previous && { start: previous[0], end: previous[1] },
    basis: 'charge',
    columns: Object.keys(rowOf(cells[0] ?? whole, then)).map((name) => ({
      name,
      label: LABELS[name] ?? name,
      kind: kindOf(name, query),
    })),
    names: NAMES,
    rows,
    totals: cells.length
      ? [{ ...rowOf({ ...whole, bucket: null }, then), pricing_quantity: null, effective_rate: null }]
      : [],
    other_groups: {},
    data_to: { nimbus: COMPLETE, stratus: COMPLETE, cirro: '2026-11-16', ledgerly: '2026-10-31' },
    complete_to: COMPLETE,
    known_on: null,
    detail_kept: true,
    generations: 'mock',
    rules_version: 4,
    warnings: [],
    next: null,
  };
}

const LABELS = {
  effective_cost: 'Effective cost',
  billed_cost: 'Billed cost',
  list_cost: 'List cost',
  share: 'Share',
  previous_effective_cost: 'Before',
  change_effective_cost: 'Change',
  change_percent_effective_cost: 'Change, %',
};
const named = (name, value) => [[name, value], ...(NAMES[name] ? [[`${name}_label`, NAMES[name][value] ?? null]] : [])];
const kindOf = (name, query) =>
  query.by.includes(name) || name === 'currency'
    ? 'dimension'
    : name.endsWith('_label')
      ? 'label'
      : name === query.grain
        ? 'grain'
        : name.endsWith('_unit')
          ? 'unit'
          : 'measure';

export function values(params) {
  const dimension = params.get('dimension');
  const search = (params.get('search') ?? '').toLowerCase();
  const all = answer({ ...read(params), by: [dimension], grain: 'none', compare: 'none' }).rows;
  return {
    dimension,
    measure: 'effective_cost',
    more: false,
    values: all
      .filter((row) => `${row[dimension] ?? ''} ${row[`${dimension}_label`] ?? ''}`.toLowerCase().includes(search))
      .slice(0, Number(params.get('limit') ?? 50))
      .map((row) => ({
        value: row[dimension],
        label: row[`${dimension}_label`] ?? null,
        amounts: [{ currency: 'EUR', effective_cost: row.effective_cost }],
      })),
    next: null,
  };
}

export function lines(params) {
  const query = read(params);
  const [start, end] = resolve(query.period);
  const found = ROWS.filter(
    (row) => row.day >= start && row.day < end && query.where.every((filter) => passes(row, filter)),
  ).sort((a, b) => (a.micros < b.micros ? 1 : -1));
  const at = Number(params.get('cursor') ?? 0);
  const limit = Number(params.get('limit') ?? 100);
  return {
    rows: found.slice(at, at + limit).map((row) => ({
      id: `${row.source}:${row.day.slice(0, 7)}:1:${ROWS.indexOf(row)}`,
      day: row.day,
      service: row.service,
      resource: row.resource,
      charge_category: row.charge_category,
      cost_driver: row.cost_driver,
      region: row.region,
      team: row.team,
      team_label: NAMES.team[row.team] ?? null,
      currency: 'EUR',
      pricing_quantity: decimal(row.amount, 3),
      pricing_unit: row.pricing_unit,
      effective_cost: decimal(row.micros),
      billed_cost: decimal(row.micros),
    })),
    next: found.length > at + limit ? String(at + limit) : null,
  };
}

export function line(id) {
  const row = ROWS[Number(id.split(':').at(-1))];
  return {
    id,
    source: row.source,
    period: row.day.slice(0, 7),
    generation: 1,
    line_no: 1,
    rules_version: 4,
    valid_from: null,
    valid_to: null,
    focus: {
      ChargeDescription: `${row.service}, ${row.cost_driver} in ${row.region}`,
      ServiceName: row.service,
      ProviderName: row.provider,
      BillingCurrency: 'EUR',
      BilledCost: decimal(row.micros),
      EffectiveCost: decimal(row.micros),
      ListCost: decimal(row.micros),
      ChargePeriodStart: `${row.day}T00:00:00Z`,
      ResourceId: row.resource,
      RegionId: row.region,
      PricingQuantity: decimal(row.amount, 3),
      PricingUnit: row.pricing_unit,
    },
    native: { usage_type: `${row.region}:${row.cost_driver}` },
    tags: { team: row.team ?? 'unknown', env: row.environment },
    owner: { team: row.team },
    why: [
      {
        dimension: 'team',
        value: row.team,
        rule: row.team ? 'tag team' : null,
        layer: row.team ? 'tag' : null,
        reason: row.team ? null : 'no rule matches and the tag team is missing',
        line: row.team ? 12 : null,
        condition: row.team ? 'tag team is there' : null,
        note: null,
        near: row.team ? [] : [{ rule: 'tag team', failed: 'tag team', found: null }],
      },
    ],
    path: [{ stage: 'tags', text: 'The alias of tag team was read.' }],
    origin: {
      name: `${row.source}-${row.day.slice(0, 7)}.csv.gz`,
      digest: '9f2c'.repeat(16),
      row: 1042,
      generated: null,
    },
  };
}

/** Whose a total is: all of it by the tag of its team. */
export function paths(params) {
  const asked = { ...read(params), measures: ['effective_cost'], by: ['team'], grain: 'none', compare: 'none', top: 0 };
  const found = answer(asked);
  const part = ({ currency, effective_cost: total }) => {
    const mine = found.rows.filter((row) => row.currency === currency);
    return {
      currency,
      total,
      residual: '0',
      stages: [{ stage: 'tag', label: 'Tag', amount: total, share: '100', parts: mine.length }],
      paths: mine.map((row) => ({
        kind: 'direct',
        value: row.team,
        layer: row.team === null ? 'unallocated' : 'tag',
        rule: 'team-tag',
        line: 5,
        condition: 'the value of tag.team',
        note: null,
        reason: row.team === null ? 'no_rule' : null,
        rules_version: 3,
        days: null,
        closed: [],
        pool: null,
        amount: row.effective_cost,
        share: '10',
        combinations: 3,
        near: [],
        moves: [],
        moves_count: 0,
        query: `where=team:${row.team ?? '(none)'}`,
      })),
      paths_count: mine.length,
      rest: { count: 0, amount: '0' },
      beside: [],
    };
  };
  const { period, complete_to, generations, rules_version, query } = found;
  const team = { name: 'team', label: 'Team' };
  return {
    query,
    period,
    basis: 'charge',
    measure: { name: 'effective_cost', label: 'Effective cost' },
    dimension: team,
    dimensions: [team],
    currencies: found.totals.map(part),
    complete_to,
    generations,
    rules_version,
    warnings: [],
  };
}
