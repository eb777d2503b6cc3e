import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { money, quantity } from '../format/format';
import { printQuery } from '../query/query';
import { DataTable, type TableColumn } from '../table/DataTable';
import { Empty, Failure, Skeleton } from '../ui/States';
import { measureOf } from './questions';

type Line = Record<string, string | number | null>;

interface LinesPage {
  columns?: { name: string; label?: string | null; kind?: string }[];
  rows?: Line[];
  lines?: Line[];
  next: string | null;
}

const PAGE = 200;
const ORDER = ['day', 'service', 'resource', 'charge_category', 'cost_driver', 'region', 'team'];
const LABELS: Record<string, string> = {
  day: 'Day',
  service: 'Service',
  resource: 'Resource',
  charge_category: 'Charge',
  cost_driver: 'Driver',
  region: 'Region',
  team: 'Team',
  currency: 'Currency',
};

/** The bill lines behind the figures above, largest first. */
export function LinesTable() {
  const { query, to } = useAddress();
  const measure = measureOf(query);
  const text = printQuery({
    ...query,
    measures: [measure],
    by: [],
    grain: 'none',
    compare: 'none',
    top: null,
    sort: [],
  });
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
  const columns = columnsFor(rows, measure, (id) => to({ view: { sel: id } }));
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
  const known = ORDER.filter((name) => rows.some((row) => row[name] !== undefined));
  const [first = 'day', ...others] = known;
  const open: TableColumn<Line> = {
    id: first,
    header: LABELS[first] ?? first,
    cell: (row) => (
      <Link row path="/explore" text={address(String(row.id))} className="name-link" title="Open this line">
        {row[first] ?? '–'}
      </Link>
    ),
  };
  const quantityName = rows.some((row) => row.pricing_quantity !== undefined)
    ? 'pricing_quantity'
    : 'consumed_quantity';
  const unitName = quantityName.replace('quantity', 'unit');
  return [
    open,
    ...others.map(
      (name): TableColumn<Line> => ({
        id: name,
        header: LABELS[name] ?? name,
        narrow: name === 'service',
        cell: (row) => row[`${name}_label`] ?? row[name] ?? '–',
      }),
    ),
    {
      id: 'quantity',
      header: 'Usage',
      numeric: true,
      cell: (row) =>
        row[quantityName] == null ? '–' : `${quantity(String(row[quantityName]))} ${row[unitName] ?? ''}`,
    },
    {
      id: measure,
      header: 'Cost',
      numeric: true,
      narrow: true,
      cell: (row) => `${money(row[measure] == null ? null : String(row[measure]))} ${row.currency ?? ''}`,
    },
  ];
}
