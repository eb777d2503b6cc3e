// A small estate of invented providers, the same on every run. Amounts are whole millionths, as BigInt.
export const FIRST = '2026-07-01';
export const COMPLETE = '2026-11-17';
export const LAST = '2026-11-18'; // arrives, not complete

const PROVIDERS = {
  Nimbus: ['Nimbus Compute', 'Nimbus Object Store', 'Nimbus Database', 'Nimbus Gateway'],
  Stratus: ['Stratus Machines', 'Stratus Disks', 'Stratus Query'],
  Cirro: ['Cirro Functions', 'Cirro Stream'],
  Ledgerly: ['Ledgerly Seats'],
};
const TEAMS = ['checkout', 'search', 'data-platform', 'payments', 'identity', 'mobile', null];
/** What people call them; every kind of name that a catalogue may hold. */
export const NAMES = {
  team: {
    checkout: 'Checkout',
    search: '<b onmouseover="alert(1)">Search</b> & "browse"',
    'data-platform': `Data ${'and everything that is made of it '.repeat(8)}platform`,
    payments: 'فريق المدفوعات 3',
    identity: "=HYPERLINK('http://example.com') 👩‍💻",
  },
  application: { 'checkout-api': 'The shop' },
};
const REGIONS = ['north-1', 'south-2'];
const DRIVERS = ['compute', 'storage', 'transfer', 'requests'];
const UNITS = { compute: 'Hours', storage: 'GB-Months', transfer: 'GB', requests: 'Requests' };

function noise(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const shift = (day, days) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

function build() {
  const random = noise(7);
  const rows = [];
  let id = 0;
  for (const [provider, services] of Object.entries(PROVIDERS)) {
    for (const service of services) {
      for (const team of TEAMS) {
        if (random() < 0.35) continue;
        const region = REGIONS[Math.floor(random() * REGIONS.length)];
        const driver = DRIVERS[Math.floor(random() * DRIVERS.length)];
        const base = 20 + random() ** 3 * 900;
        id += 1;
        const fixed = {
          provider,
          service,
          team,
          region,
          cost_driver: driver,
          source: provider.toLowerCase(),
          resource: `${service.split(' ')[1].toLowerCase()}-${team ?? 'shared'}-${id}`,
          sub_account: `acct-${1 + (id % 4)}`,
          environment: id % 3 ? 'prod' : 'dev',
          application: team && `${team}-api`,
          service_category: driver === 'storage' ? 'Storage' : 'Compute',
          pricing_unit: UNITS[driver],
        };
        for (let day = FIRST; day <= LAST; day = shift(day, 1)) {
          const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()) ? 0.72 : 1;
          const spike = team === 'checkout' && service === 'Nimbus Gateway' && day >= '2026-11-09' ? 3.1 : 1;
          const part = day === LAST ? 0.4 : 1;
          const amount = base * weekend * spike * part * (0.9 + random() * 0.2);
          rows.push({
            ...fixed,
            day,
            charge_category: 'Usage',
            micros: BigInt(Math.round(amount * 1e6)),
            amount: BigInt(Math.round(amount * 3100)),
          });
        }
      }
    }
  }
  rows.push({
    ...rows[0],
    team: null,
    service: 'Nimbus Compute',
    day: '2026-11-03',
    charge_category: 'Credit',
    micros: -4200000000n,
    amount: 0n,
  });
  return rows;
}

export const ROWS = build();

export function decimal(micros, places = 6) {
  const sign = micros < 0n ? '-' : '';
  const digits = String(micros < 0n ? -micros : micros).padStart(places + 1, '0');
  const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '');
  return text === '0' ? '0' : sign + text;
}

/** a/b as percent text with one digit, half up. */
export function percent(a, b) {
  if (b === 0n) return null;
  const tenths = (a * 10000n) / b;
  const rounded = (tenths + (tenths < 0n ? -5n : 5n)) / 10n;
  const sign = rounded < 0n ? '-' : '';
  const abs = rounded < 0n ? -rounded : rounded;
  return `${sign}${abs / 10n}.${abs % 10n}`;
}

const kept = (id, state, asked, more = {}) => ({
  id: id.repeat(32),
  state,
  asked,
  name: null,
  size_bytes: null,
  rows: null,
  kept_until: '2026-11-19T07:00:00Z',
  detail: null,
  ...more,
});

/** A file in every state; the server says so with `MOCK=files`. */
export const EXPORTS = [
  kept('a', 'making', '/lines.xlsx?period=all', { kept_until: null }),
  kept('b', 'ready', '/lines.csv', {
    name: 'lines_cloud-storage_2026-10_effective_eur_v4.csv',
    rows: 1204,
    size_bytes: 48211,
  }),
  kept('c', 'interrupted', '/costs.parquet?by=resource', { detail: 'Interrupted by a restart.' }),
  kept('d', 'failed', '/lines.csv?period=all', { detail: 'Exports may take 10 GiB together.' }),
];
