import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { shortDay } from '../format/dates';
import { exactQuantity, quantity } from '../format/format';
import { href } from '../query/address';
import { type CostQuery, printQuery } from '../query/query';
import { MoneyCell, Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { Empty, Failure, Skeleton } from '../ui/States';
import { linesQuery, measureOf } from './questions';

type Line = Record<string, string | number | null>;

interface LinesPage {
  columns?: { name: string; label?: string | null; kind?: string }[];
  rows?: Line[];
  lines?: Line[];
  next: string | null;
}

const PAGE = 200;
const NAMED = ['resource', 'charge_category', 'cost_driver', 'region', 'team'];
const LABELS: Record<string, string> = {
  service: 'Service',
  resource: 'Resource',
  charge_category: 'Charge',
  cost_driver: 'Driver',
  region: 'Region',
  team: 'Team',
};

/** The bill lines behind the figures above, largest first. */
export function LinesTable({ query: asked }: { query?: CostQuery }) {
  const here = useAddress();
  const query = asked ?? here.query;
  const measure = measureOf(query);
  const text = printQuery(linesQuery(query));
  const lines = useInfiniteQuery({
    queryKey: ['lines', text],
    queryFn: ({ pageParam, signal }) =>
      get<LinesPage>(
        `/lines?${[text, `limit=${PAGE}`, pageParam && `cursor=${encodeURIComponent(pageParam)}`].filter(Boolean).join('&')}`,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  if (lines.error && !lines.data)
    return <Failure error={lines.error} what="The bill lines" retry={() => lines.refetch()} />;
  if (!lines.data) return <Skeleton lines={10} />;
  const rows = lines.data.pages.flatMap((page) => page.rows ?? page.lines ?? []);
  if (rows.length === 0)
    return <Empty title="No bill lines in these days">Another period or fewer filters may show some.</Empty>;
  const columns = columnsFor(rows, measure, (id) =>
    asked ? href('', linesQuery(asked), { tab: 'lines', sel: id }).slice(1) : here.to({ view: { sel: id } }),
  );
  return (
    <>
      <DataTable
        caption="Bill lines"
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.id)}
        note={lines.hasNextPage ? 'largest first; more below' : 'all lines'}
      />
      {lines.hasNextPage && (
        <button
          type="button"
          className="button more"
          disabled={lines.isFetchingNextPage}
          onClick={() => lines.fetchNextPage()}
        >
          {lines.isFetchingNextPage ? 'Loading…' : 'More lines'}
        </button>
      )}
    </>
  );
}

function columnsFor(rows: readonly Line[], measure: string, address: (id: string) => string): TableColumn<Line>[] {
  const known = (name: string) => rows.some((row) => row[name] !== undefined);
  const counted = known('pricing_quantity') ? 'pricing_quantity' : 'consumed_quantity';
  return [
    {
      id: 'day',
      header: 'Day',
      cell: (row) => (
        <Link row path="/explore" text={address(String(row.id))} className="name-link" title="Open this line">
          {row.day ? shortDay(String(row.day), true) : '–'}
        </Link>
      ),
    },
    ...(known('service') ? [named('service')] : []),
    ...figures(rows, measure, counted),
    ...NAMED.filter(known).map(named),
  ];
}

/** What a line costs and for how much of what: beside its name, before anything that may be long. */
function figures(rows: readonly Line[], measure: string, counted: string): TableColumn<Line>[] {
  const currencies = new Set(rows.map((row) => row.currency ?? ''));
  const [only = ''] = currencies;
  return [
    {
      id: measure,
      header: currencies.size === 1 ? `Cost, ${only}` : 'Cost',
      numeric: true,
      narrow: true,
      cell: (row) => (
        <>
          <MoneyCell amount={textOf(row[measure])} /> {currencies.size > 1 && row.currency}
        </>
      ),
    },
    {
      id: 'quantity',
      header: 'Usage',
      numeric: true,
      cell: (row) => (
        <data value={row[counted] ?? ''} title={exactQuantity(textOf(row[counted]))}>
          {quantity(textOf(row[counted]))}
        </data>
      ),
    },
    {
      id: 'unit',
      header: 'Unit',
      cell: (row) => <Shortened text={textOf(row[counted.replace('quantity', 'unit')])} most={20} />,
    },
  ];
}

function textOf(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function named(name: string): TableColumn<Line> {
  return {
    id: name,
    header: LABELS[name] ?? name,
    narrow: name === 'service',
    cell: (row) => <Shortened text={textOf(row[`${name}_label`] ?? row[name])} most={name === 'service' ? 28 : 32} />,
  };
}
