import type { ChangeMover, CurrencyChange, Explained } from '../api/types';
import { Link } from '../app/Link';
import { signed } from '../chart/StepParts';
import { filterFor } from '../explore/questions';
import { halfOpen, shortDay } from '../format/dates';
import { exact, percent } from '../format/format';
import { type Happening, mayTouch, nearTo } from '../notes/happening';
import { groupLabel, keyOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import { type CostQuery, type Filter, printQuery } from '../query/query';
import { Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { Icon } from '../ui/Icon';
import { CAUSE } from './questions';

interface MoversTableProps {
  found: Explained;
  change: CurrencyChange;
  view: string;
  query: CostQuery;
  opens?: 'lines'; // the bill lines at once, in place of the kinds of usage
  happened?: readonly Happening[]; // in both periods
}

const NOTHING: readonly Happening[] = [];

/** The largest parts one by one; a row leads to what it is made of. */
export function MoversTable({ found, change, view, query, opens, happened = NOTHING }: MoversTableProps) {
  const grouped = view !== CAUSE;
  const columns: TableColumn<ChangeMover>[] = [
    {
      id: 'name',
      header: 'Mover',
      cell: (row) => <Name mover={row} query={narrowed(query, found)} view={view} opens={opens} />,
    },
    { id: 'cause', header: 'Cause', narrow: true, cell: ({ label }) => label },
    ...(grouped
      ? ([
          { id: 'group', header: found.dimensions[0]?.label ?? view, cell: (row) => groupName(row, view) },
        ] satisfies TableColumn<ChangeMover>[])
      : []),
    {
      id: 'amount',
      header: `Part, ${change.currency}`,
      numeric: true,
      narrow: true,
      cell: ({ amount }) => (
        <data value={amount} title={exact(amount)}>
          {signed(amount)}
        </data>
      ),
    },
    { id: 'share', header: 'Share', numeric: true, cell: ({ share }) => percent(share) },
    { id: 'first', header: 'First day', cell: ({ first_day }) => (first_day ? shortDay(first_day, true) : '–') },
    ...(happened.length > 0
      ? ([
          { id: 'noted', header: 'Noted', cell: (row) => <Noted mover={row} happened={happened} /> },
        ] satisfies TableColumn<ChangeMover>[])
      : []),
    ...(view === 'service'
      ? []
      : ([
          { id: 'service', header: 'Service', cell: ({ service }) => service ?? '–' },
        ] satisfies TableColumn<ChangeMover>[])),
    { id: 'account', header: 'Account', cell: (row) => row.sub_account_label ?? row.sub_account ?? '–' },
  ];
  const more = change.movers_count > change.movers.length;
  const note = more ? 'the export has them all' : 'smaller ones are in the parts and in the export';
  return (
    <DataTable
      caption="What moved most"
      columns={columns}
      rows={change.movers}
      rowKey={(row) =>
        JSON.stringify([row.cause, row.provider, row.service, row.sub_account, row.resource, row.values])
      }
      note={note}
    />
  );
}

/** What happened within two days of its first one, to cost that may be the mover's. */
function Noted({ mover, happened }: { mover: ChangeMover; happened: readonly Happening[] }) {
  const { service, sub_account, resource, provider } = mover;
  const near = nearTo(happened, mover.first_day).filter((one) =>
    mayTouch(one, { service, sub_account, resource, provider }),
  );
  if (near.length === 0) return '–';
  return near.map((one) => (
    <span key={one.key} className="noted" title={halfOpen(one)}>
      <Icon name="flag" size={12} /> {one.text}
    </span>
  ));
}

function groupName(mover: ChangeMover, view: string): string {
  return mover.rest ? 'Other' : (mover.labels[0] ?? groupLabel(keyOf(mover.values[0]), view));
}

interface Named {
  mover: ChangeMover;
  query: CostQuery;
  view: string;
  opens: 'lines' | undefined;
}

function Name({ mover, query, view, opens }: Named) {
  const name = <Shortened text={mover.name} most={36} />;
  if (mover.folded) return name;
  const named: [string, string | null][] = [
    ['service', mover.service],
    ['sub_account', mover.sub_account],
    ['resource', mover.resource],
  ];
  const where: Filter[] = [...query.where, ...named.map(([dimension, value]) => filterFor(dimension, keyOf(value)))];
  if (view !== CAUSE && !mover.rest && !named.some(([dimension]) => dimension === view))
    where.push(filterFor(view, keyOf(mover.values[0])));
  return (
    <Link
      row
      path="/explore"
      text={printQuery({ ...query, by: ['sku'], where }) + (opens ? `&tab=${opens}` : '')}
      className="name-link"
      title={mover.name}
    >
      {name}
    </Link>
  );
}
