import type * as schema from '../api/schema';
import { Called, useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { monthName } from '../format/dates';
import { exact, percent } from '../format/format';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { type Pools, usePoolShares } from '../teams/ask';
import { teamPath } from '../teams/questions';
import { partOf } from '../teams/Shared';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';

type Moved = schema.PoolMoved;

interface Share {
  key: string;
  team: string | null;
  kept: boolean;
  pool: string;
  part: string;
  how: string | null;
  weight: string;
  percent: string;
  amount: string;
  currency: string;
}

/** Who weighed what in the newest month that is shared, and that nothing was lost on the way. */
export function PoolShares({ pools, only }: { pools: Pools; only: string }) {
  const period = [...pools.periods].sort().at(-1);
  const found = usePoolShares(period);
  const name = useTeamName();
  if (!period) return null;
  if (found.error && !found.data)
    return <Failure error={found.error} what="The shares" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} />;
  const known = pools.pools.some(({ id }) => id === only);
  const groups = found.data.groups.filter(({ pool }) => !known || pool === only);
  const rows = groups.flatMap((group) => group.shares.map((share) => shareRow(group, share)));
  const moved = found.data.moved.filter(({ pool }) => !known || pool === only);
  return (
    <Panel
      title={`Shares of ${monthName(period)}`}
      note={known ? only : undefined}
      tools={
        <>
          {known && (
            <Link path="/attribution" text="tab=shared" className="button quiet">
              All pools
            </Link>
          )}
          <FileMenu of="pools/shares" text={`period=${period}${known ? `&pool=${encodeURIComponent(only)}` : ''}`} />
        </>
      }
    >
      {rows.length === 0 ? (
        <Empty title="Nothing was shared in this month" />
      ) : (
        <DataTable
          caption="Shares"
          columns={SHARES}
          rows={rows}
          rowKey={({ key }) => key}
          textOf={({ team, pool }) => `${team ?? ''} ${name(team)} ${pool}`}
        />
      )}
      <ul className="coverage" aria-label="Given and received">
        {moved.map((one) => (
          <Conserved key={`${one.pool} ${one.currency}`} moved={one} />
        ))}
      </ul>
    </Panel>
  );
}

function shareRow(group: schema.PoolGroup, share: schema.PoolShare): Share {
  return {
    key: [group.pool, group.step, group.part, group.bucket, group.currency, share.team, share.kept].join('\u0000'),
    team: share.team,
    kept: share.kept,
    pool: group.pool,
    part: partOf(group),
    how: group.fallback,
    weight: share.weight,
    percent: share.percent,
    amount: share.effective_cost,
    currency: group.currency,
  };
}

const SHARES: TableColumn<Share>[] = [
  {
    id: 'team',
    header: 'Team',
    cell: ({ team, kept }) => (
      <>
        {team === null ? (
          <span className="missing">
            <Called value={team} />
          </span>
        ) : (
          <Link row path={teamPath(team)} text="tab=shared" className="name-link">
            <Called value={team} />
          </Link>
        )}{' '}
        {kept && <span className="badge">kept</span>}
      </>
    ),
  },
  { id: 'pool', header: 'Pool', cell: ({ pool }) => pool },
  { id: 'part', header: 'Part', cell: ({ part }) => part || '–' },
  { id: 'how', header: 'Fallback', cell: ({ how }) => how ?? '–' },
  {
    id: 'weight',
    header: 'Weight',
    numeric: true,
    cell: ({ weight }) => <span title={exact(weight)}>{exact(weight)}</span>,
  },
  { id: 'percent', header: 'Share', numeric: true, narrow: true, cell: (row) => percent(row.percent) },
  {
    id: 'amount',
    header: 'Effective cost',
    numeric: true,
    narrow: true,
    cell: ({ amount, currency }) => (
      <>
        <MoneyCell amount={amount} /> {currency}
      </>
    ),
  },
];

/** What was given is what was received, to the last digit; the server compares. */
function Conserved({ moved }: { moved: Moved }) {
  const { pool, currency, given, received, conserved } = moved;
  return (
    <li className={conserved ? '' : 'bad-text'}>
      {conserved ? '✔' : '✖'} {pool}: given <MoneyCell amount={given.effective_cost} />, received{' '}
      <MoneyCell amount={received.effective_cost} /> {currency}
    </li>
  );
}
