/** Chart and table alone, with as much in them as was promised: `window.kits` draws, and says how long the browser worked. */
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { Chart } from '../../src/chart/Chart';
import { swatches } from '../../src/chart/palette';
import type { ChartSpec } from '../../src/chart/spec';
import { shift } from '../../src/format/dates';
import { MoneyCell, ShareCell } from '../../src/table/cells';
import { DataTable, type TableColumn } from '../../src/table/DataTable';
import '../../src/styles/index.css';

interface Row {
  name: string;
  cost: string;
  before: string;
  share: string;
}

interface Shown {
  spec: ChartSpec | null;
  rows: Row[];
}

const FIRST_DAY = '2026-01-01';
const COLUMNS: TableColumn<Row>[] = [
  { id: 'name', header: 'Service', cell: (row) => row.name },
  { id: 'cost', header: 'Cost, EUR', numeric: true, narrow: true, cell: (row) => <MoneyCell amount={row.cost} /> },
  { id: 'before', header: 'Before', numeric: true, cell: (row) => <MoneyCell amount={row.before} /> },
  { id: 'share', header: 'Share', numeric: true, cell: (row) => <ShareCell share={row.share} /> },
];

/** Amounts that look random and are the same for the same place. */
function amount(place: number): string {
  return `${(place * 7919) % 10_007}.${String((place * 104_729) % 100).padStart(2, '0')}`;
}

function specOf(groups: number, days: number, seed: number): ChartSpec {
  const names = Array.from({ length: groups }, (_, group) => `group ${group}`);
  const buckets = Array.from({ length: days }, (_, day) => shift(FIRST_DAY, day));
  const swatch = swatches('kits', names);
  return {
    form: 'bars',
    measure: 'Effective cost',
    unit: 'EUR',
    grain: 'day',
    buckets,
    partial: buckets.map((_, day) => day >= days - 2),
    series: names.map((name, group) => ({
      key: name,
      label: name,
      kind: 'group',
      swatch: swatch.get(name) ?? { slot: -1, texture: 'solid' },
      values: buckets.map((_, day) => amount(seed + group * days + day)),
    })),
    totals: buckets.map((_, day) => amount(seed + day)),
    previous: null,
  };
}

function rowsOf(count: number): Row[] {
  return Array.from({ length: count }, (_, place) => ({
    name: `Service ${place}`,
    cost: amount(place),
    before: amount(place + 1),
    share: `${place % 100}.5`,
  }));
}

let show: (next: Shown) => void = () => {};

function Kits() {
  const [shown, setShown] = useState<Shown>({ spec: null, rows: [] });
  show = setShown;
  return (
    <main className="content">
      {shown.spec && <Chart spec={shown.spec} title="Cost by day" height={300} />}
      {shown.rows.length > 0 && (
        <DataTable caption="Services" columns={COLUMNS} rows={shown.rows} rowKey={(row) => row.name} />
      )}
    </main>
  );
}

const frame = window.requestAnimationFrame.bind(window);
const timer = window.setTimeout.bind(window);
let worked = 0; // ms, of what was put off
function timed<T extends unknown[]>(work: (...given: T) => void) {
  return (...given: T) => {
    const began = performance.now();
    work(...given);
    worked += performance.now() - began;
  };
}
window.requestAnimationFrame = (work) => frame(timed(work));
window.setTimeout = ((work: () => void, ms?: number) => timer(timed(work), ms)) as typeof window.setTimeout;

const nextFrame = () => new Promise((resolve) => frame(() => timer(resolve)));

/** Milliseconds of work from the new figures to the drawn picture; waiting for a frame is not work. */
async function draw(next: Shown): Promise<number> {
  worked = 0;
  const began = performance.now();
  flushSync(() => show(next));
  const now = performance.now() - began;
  for (let frames = 0; frames < 3; frames++) await nextFrame();
  return now + worked;
}

Object.assign(window, {
  kits: {
    chart: (groups: number, days: number, seed: number) => draw({ spec: specOf(groups, days, seed), rows: [] }),
    table: (count: number) => draw({ spec: null, rows: rowsOf(count) }),
  },
});

createRoot(document.getElementById('root') as HTMLElement).render(<Kits />);
