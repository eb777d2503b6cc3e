import type { ReactNode } from 'react';
import type { Row } from '../api/types';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { monthName } from '../format/dates';
import { percent } from '../format/format';
import { keyOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import { type CostQuery, type Filter, printQuery } from '../query/query';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { Empty, Failure, Skeleton } from '../ui/States';
import { type Pools, usePoolShares, usePools } from './ask';
import { grouped } from './questions';
import { SliceTable } from './SliceTable';

interface Got {
  key: string;
  pool: string;
  name: string;
  split: string | null;
  part: string;
  percent: string;
  amount: string;
  currency: string;
}

const SHARED: Filter = filterFor('allocation', 'shared');

interface SharedProps {
  about: CostQuery;
  team: string;
  act: (row: Row) => ReactNode; // what can be done to a pool
}

/** What the team gets of shared cost: by pool in the days of the page, and how the newest month was divided. */
export function Shared({ about, team, act }: SharedProps) {
  const pools = usePools();
  if (pools.error && !pools.data)
    return <Failure error={pools.error} what="Shared cost" retry={() => pools.refetch()} />;
  if (!pools.data) return <Skeleton lines={4} />;
  if (pools.data.pools.length === 0)
    return (
      <Empty
        title="No cost is shared"
        action={
          <Link path="/attribution" text="tab=shared">
            Shared cost
          </Link>
        }
      >
        Every line is the team's own. Pools in pools.yaml would pass shared cost on to those it is for.
      </Empty>
    );
  const asked = grouped({ ...about, where: [...about.where, SHARED] }, 'pool');
  return (
    <>
      <SliceTable
        asked={asked}
        caption="Shared cost by pool"
        empty="No pool gave to it or took from it in these days"
        to={(row, answer) => ({
          path: '/explore',
          text: printQuery({
            ...narrowed(asked, answer),
            by: ['service'],
            where: [...asked.where, filterFor('pool', keyOf(row.pool))],
          }),
        })}
        act={act}
      />
      <Received pools={pools.data} team={team} />
    </>
  );
}

/** One billing period, share by share: which part of a pool, by what weight. */
function Received({ pools, team }: { pools: Pools; team: string }) {
  const period = [...pools.periods].sort().at(-1);
  const shares = usePoolShares(period);
  if (!period) return null;
  if (shares.error && !shares.data)
    return <Failure error={shares.error} what="The shares" retry={() => shares.refetch()} />;
  if (!shares.data) return <Skeleton lines={3} />;
  const rows: Got[] = shares.data.groups.flatMap((group) =>
    group.shares
      .filter((share) => share.team === team)
      .map((share) => {
        const pool = pools.pools.find(({ id }) => id === group.pool);
        return {
          key: [group.pool, group.step, group.part, group.bucket, group.currency, share.kept].join('\u0000'),
          pool: group.pool,
          name: pool?.name ?? group.pool,
          split: group.fallback ?? pool?.split ?? null,
          part: partOf(group),
          percent: share.percent,
          amount: share.effective_cost,
          currency: group.currency,
        };
      }),
  );
  return (
    <>
      <header className="with-tool">
        <h3>How {monthName(period)} was divided</h3>
        {rows.length > 0 && (
          <FileMenu of="pools/shares" text={`period=${period}`} name={`shares of ${monthName(period)}`} />
        )}
      </header>
      {rows.length === 0 ? (
        <p className="muted">Nothing of it went to this team.</p>
      ) : (
        <DataTable caption="Shares received" columns={COLUMNS} rows={rows} rowKey={(row) => row.key} />
      )}
    </>
  );
}

/** Which part of a pool, where it is divided in parts, and on which days, where not for the whole period. */
export function partOf({ part, bucket }: { part: string; bucket: string }): string {
  return [part, bucket === 'period' ? '' : bucket].filter(Boolean).join(', ');
}

const COLUMNS: TableColumn<Got>[] = [
  {
    id: 'pool',
    header: 'Pool',
    cell: (row) => (
      <Link row path="/attribution" text={`tab=shared&sel=${encodeURIComponent(row.pool)}`} className="name-link">
        {row.name}
      </Link>
    ),
  },
  { id: 'split', header: 'Divided', cell: (row) => row.split ?? '–' },
  { id: 'part', header: 'Part', cell: (row) => row.part || '–' },
  { id: 'percent', header: 'Its share', numeric: true, narrow: true, cell: (row) => percent(row.percent) },
  {
    id: 'amount',
    header: 'Effective cost',
    numeric: true,
    narrow: true,
    cell: (row) => (
      <>
        <MoneyCell amount={row.amount} /> {row.currency}
      </>
    ),
  },
];
