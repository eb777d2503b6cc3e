import type * as schema from '../api/schema';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { monthName } from '../format/dates';
import { exact, percent } from '../format/format';
import { keyOf } from '../query/group';
import { DEFAULTS, printFilter, printQuery } from '../query/query';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { type Pools, type Rules, usePoolShares, usePools } from '../teams/ask';
import { POOLS as POOLS_FILE } from '../teams/named';
import { teamPath, UNALLOCATED } from '../teams/questions';
import { partOf } from '../teams/Shared';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { Drafting } from './Drafting';
import { ownerName } from './Matrix';
import type { Draft } from './useDraft';

const TEAMS = { path: '/attribution', text: 'sel=org.yaml', className: 'button primary' };
type Pool = schema.PoolShown;
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

interface SharedTabProps {
  live: Rules;
  draft: Draft;
}

const POOLS_AS_FILE = <FileMenu of="pools" text="" />;

/** Pools in the order of their flow, who got what of them in a month, that nothing was lost on the way, and the text. */
export function SharedTab({ live, draft }: SharedTabProps) {
  const pools = usePools();
  const { view } = useAddress();
  if (pools.error && !pools.data)
    return <Failure error={pools.error} what="Shared cost" retry={() => pools.refetch()} />;
  if (!pools.data) return <Skeleton lines={8} />;
  const none = pools.data.pools.length === 0;
  return (
    <>
      {!none && (
        <>
          <Panel title="Pools" note={`in the order of their flow, rules v${pools.data.version}`} tools={POOLS_AS_FILE}>
            <DataTable
              caption="Pools"
              columns={POOLS}
              rows={pools.data.pools}
              rowKey={({ id }) => id}
              rowClass={({ id }) => (id === view.sel ? 'is-lit' : '')}
            />
          </Panel>
          <Shares pools={pools.data} only={view.sel} />
        </>
      )}
      <Drafting
        live={live}
        draft={draft}
        tab="shared"
        files={[[POOLS_FILE, draft.texts.files?.[POOLS_FILE] ?? '']]}
        empty={
          none && (
            <Empty title="No cost is shared" action={live.version === 0 && <Link {...TEAMS}>List the teams</Link>}>
              Pools move shared cost on to those it is for: first there have to be teams. They are written here as
              pools.yaml, or made by splitting cost of the inbox.
            </Empty>
          )
        }
      />
    </>
  );
}

const NOBODY = `where=${printFilter(UNALLOCATED)}`;

const POOLS: TableColumn<Pool>[] = [
  {
    id: 'pool',
    header: 'Pool',
    cell: ({ id, name, note }) => (
      <Link
        row
        path="/attribution"
        text={`tab=shared&sel=${encodeURIComponent(id)}`}
        className="name-link"
        {...(note && { title: note })}
      >
        {name}
      </Link>
    ),
  },
  { id: 'kind', header: 'Kind', cell: ({ kind }) => kind },
  {
    id: 'from',
    header: 'Takes from',
    cell: ({ teams, lines }) => {
      const from = teams.join(', ') || (lines === NOBODY ? 'nobody' : 'anyone');
      if (!lines) return from;
      return (
        <Link path="/explore" text={`${lines}&tab=lines`} className="why-link" title="The lines it takes">
          {from}
        </Link>
      );
    },
  },
  { id: 'split', header: 'Divided', narrow: true, cell: ({ split }) => split ?? '–' },
  { id: 'to', header: 'Goes to', cell: ({ to }) => to.join(', ') || 'every team that weighs' },
  { id: 'fallback', header: 'Else', cell: ({ fallback }) => fallback.join(', ') || '–' },
  {
    id: 'cost',
    header: 'Cost',
    narrow: true,
    cell: ({ id }) => (
      <Link
        path="/explore"
        text={printQuery({ ...DEFAULTS, period: 'last_12_months', grain: 'month', by: ['team'], where: ofPool(id) })}
        className="why-link"
      >
        by team and month
      </Link>
    ),
  },
];

const ofPool = (id: string) => [filterFor('pool', keyOf(id))];

function Shares({ pools, only }: { pools: Pools; only: string }) {
  const period = [...pools.periods].sort().at(-1);
  const found = usePoolShares(period);
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
          textOf={({ team, pool }) => `${ownerName(team)} ${pool}`}
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
          <span className="missing">{ownerName(team)}</span>
        ) : (
          <Link row path={teamPath(team)} text="tab=shared" className="name-link">
            {team}
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
