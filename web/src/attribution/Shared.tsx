import type * as schema from '../api/schema';
import { useAddress } from '../app/address';
import { Several } from '../app/Called';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { keyOf } from '../query/group';
import { DEFAULTS, printFilter, printQuery } from '../query/query';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { type Rules, usePools } from '../teams/ask';
import { POOLS as POOLS_FILE } from '../teams/named';
import { UNALLOCATED } from '../teams/questions';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { Drafting } from './Drafting';
import { PoolShares } from './PoolShares';
import type { Draft } from './useDraft';

const TEAMS = { path: '/attribution', text: 'sel=org.yaml', className: 'button primary' };
type Pool = schema.PoolShown;

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
          <PoolShares pools={pools.data} only={view.sel} />
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
      const from = teams.length ? <Several of={teams} /> : lines === NOBODY ? 'nobody' : 'anyone';
      if (!lines) return from;
      return (
        <Link path="/explore" text={`${lines}&tab=lines`} className="why-link" title="The lines it takes">
          {from}
        </Link>
      );
    },
  },
  { id: 'split', header: 'Divided', narrow: true, cell: ({ split }) => split ?? '–' },
  { id: 'to', header: 'Goes to', cell: ({ to }) => (to.length ? <Several of={to} /> : 'every team that weighs') },
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
