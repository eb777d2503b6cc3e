import { Called, useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { moment } from '../format/dates';
import { count, money } from '../format/format';
import { Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { teamPath } from '../teams/questions';
import { Empty, Failure, Skeleton } from '../ui/States';
import { type Dispute, type RuleRequest, useDisputes, useRequests, useWhoName } from './ask';

const NOTE_MOST = 60;

export function requestText(id: string): string {
  return `tab=requests&sel=${encodeURIComponent(id)}`;
}

/** Requests, those first that wait for somebody; a row opens one. */
export function RequestList({ team, lit = '' }: { team?: string; lit?: string }) {
  const found = useRequests(team);
  const name = useTeamName();
  if (found.error && !found.data) return <Failure error={found.error} what="Requests" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={4} />;
  const rows = found.data.pages.flatMap(({ requests }) => requests);
  if (rows.length === 0)
    return (
      <Empty title="No requests">
        A draft that would take cost from another team is asked of it:{' '}
        <Link path="/attribution">write one among the rules</Link> and ask as a team.
      </Empty>
    );
  return (
    <>
      <DataTable
        caption="Requests"
        columns={REQUEST_COLUMNS}
        rows={rows}
        rowKey={({ id }) => id}
        rowClass={({ id }) => (id === lit ? 'is-lit' : '')}
        textOf={(row) => `${row.team} ${name(row.team)} ${row.note} ${row.state}`}
      />
      <More pages={found} what="Earlier requests" />
    </>
  );
}

interface MoreProps {
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  what: string;
}

/** The next page of a list, at its end. */
export function More({ pages, what }: MoreProps) {
  if (!pages.hasNextPage) return null;
  return (
    <button
      type="button"
      className="button more"
      disabled={pages.isFetchingNextPage}
      onClick={() => pages.fetchNextPage()}
    >
      {pages.isFetchingNextPage ? 'Loading…' : what}
    </button>
  );
}

const REQUEST_COLUMNS: TableColumn<RuleRequest>[] = [
  {
    id: 'team',
    header: 'Request',
    cell: (row) => (
      <span className="two-lines">
        <Link row path="/attribution" text={requestText(row.id)} className="name-link" title={row.note}>
          <Called value={row.team} />: <Shortened text={row.note || 'a change of rules'} most={NOTE_MOST} />
        </Link>
        <span className="muted small">
          {row.dispute ? 'from a dispute, ' : ''}
          {moment(row.created_at)} by {row.actor}
        </span>
      </span>
    ),
  },
  { id: 'state', header: 'State', narrow: true, cell: (row) => <span className="badge">{row.state}</span> },
  { id: 'waits', header: 'Waits for', narrow: true, cell: (row) => <Waits of={row.waits_for} /> },
  { id: 'moves', header: 'Would move', numeric: true, cell: (row) => <Moves request={row} /> },
  { id: 'deadline', header: 'Until', cell: (row) => (row.state === 'open' ? moment(row.deadline) : '–') },
];

const NAMED_MOST = 2;

function Waits({ of: waiting }: { of: readonly (string | null)[] }) {
  const name = useWhoName();
  const names = waiting.map(name);
  const rest = names.length - NAMED_MOST;
  return names.slice(0, NAMED_MOST).join(', ') + (rest > 0 ? ` and ${count(rest)} more` : '') || '–';
}

function Moves({ request }: { request: RuleRequest }) {
  if (request.moves === 0) return <>nothing</>;
  return (
    <span className="two-lines">
      {request.largest.map((move) => (
        <span key={`${move.was} ${move.becomes} ${move.currency}`}>
          {money(move.amount)} {move.currency}{' '}
          <span className="muted small">
            <Called value={move.was} /> → <Called value={move.becomes} />
          </span>
        </span>
      ))}
      {request.moves > request.largest.length && <span className="muted small">and more</span>}
    </span>
  );
}

/** Cost that teams say is not their own, with the money at the time; each leads to its request. */
export function DisputeList({ team }: { team?: string }) {
  const found = useDisputes(team);
  const name = useTeamName();
  if (found.error && !found.data) return <Failure error={found.error} what="Disputes" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={3} />;
  const rows = found.data.pages.flatMap(({ disputes }) => disputes);
  if (rows.length === 0)
    return (
      <p className="muted">No cost is disputed. “Not ours” on a row of a team's page says that it is not its own.</p>
    );
  return (
    <>
      <DataTable
        caption="Disputes"
        columns={DISPUTE_COLUMNS}
        rows={rows}
        rowKey={({ id }) => id}
        textOf={(row) => `${row.team} ${name(row.team)} ${row.reason}`}
      />
      <More pages={found} what="Earlier disputes" />
    </>
  );
}

const DISPUTE_COLUMNS: TableColumn<Dispute>[] = [
  {
    id: 'what',
    header: 'Not ours',
    cell: (row) => (
      <span className="two-lines">
        <Link row path="/attribution" text={requestText(row.request)} className="name-link" title={row.reason}>
          <Shortened text={row.reason} most={NOTE_MOST} />
        </Link>
        <Link path="/explore" text={row.query} className="small">
          <Shortened text={decodeURIComponent(row.scope.replaceAll('where=', ''))} most={NOTE_MOST} />
        </Link>
      </span>
    ),
  },
  {
    id: 'team',
    header: 'Said by',
    narrow: true,
    cell: (row) => (
      <Link path={teamPath(row.team)}>
        <Called value={row.team} />
      </Link>
    ),
  },
  {
    id: 'suggested',
    header: 'But of',
    cell: (row) => (row.suggested ? <Called value={row.suggested} /> : 'nobody named'),
  },
  { id: 'state', header: 'State', narrow: true, cell: (row) => <span className="badge">{row.state}</span> },
  {
    id: 'cost',
    header: 'Effective cost then',
    numeric: true,
    cell: (row) => row.totals.map((one) => `${money(one.effective_cost)} ${one.currency}`).join(' · ') || '–',
  },
  { id: 'at', header: 'At', cell: (row) => moment(row.created_at) },
];
