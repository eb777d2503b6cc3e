import { Called, useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { nameOf } from '../attribution/inboxColumns';
import { printInbox } from '../attribution/inboxPlace';
import { moment } from '../format/dates';
import { Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { teamPath } from '../teams/questions';
import { Failure, Skeleton } from '../ui/States';
import { type Question, SAID, useQuestions } from './ask';
import { More, requestText } from './Lists';

const NAME_MOST = 60;

/** What teams were asked of the inbox, and what they answered; a row opens the question. */
export function QuestionList({ team }: { team?: string }) {
  const found = useQuestions(team);
  const name = useTeamName();
  if (found.error && !found.data) return <Failure error={found.error} what="Questions" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={3} />;
  const rows = found.data.pages.flatMap(({ questions }) => questions);
  if (rows.length === 0)
    return <p className="muted">No question was asked. “Ask” in the inbox asks whether cost is a team's.</p>;
  return (
    <>
      <DataTable
        caption="Questions"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ id }) => id}
        textOf={(row) => `${row.team} ${name(row.team)} ${nameOf(row)} ${row.reason}`}
      />
      <More pages={found} what="Earlier questions" />
    </>
  );
}

function openText({ kind, group, team }: Question): string {
  const sel = printInbox({ kind, order: 'urgent', groups: [group], team });
  return `tab=inbox&sel=${encodeURIComponent(sel)}`;
}

const COLUMNS: TableColumn<Question>[] = [
  {
    id: 'what',
    header: 'Asked about',
    cell: (row) => (
      <span className="two-lines">
        <Link row path="/attribution" text={openText(row)} className="name-link" title={nameOf(row)}>
          <Shortened text={nameOf(row)} most={NAME_MOST} />
        </Link>
        <span className="muted small">
          {moment(row.asked_at)} by {row.actor} for {row.on_behalf ? <Called value={row.on_behalf} /> : 'the platform'}
        </span>
      </span>
    ),
  },
  {
    id: 'team',
    header: 'Team',
    narrow: true,
    cell: ({ team }) => (
      <Link path={teamPath(team)}>
        <Called value={team} />
      </Link>
    ),
  },
  { id: 'state', header: 'Answer', narrow: true, cell: ({ state }) => <span className="badge">{SAID[state]}</span> },
  {
    id: 'why',
    header: 'Why',
    cell: (row) =>
      row.request ? (
        <Link path="/attribution" text={requestText(row.request)}>
          its claim
        </Link>
      ) : (
        row.reason || '–'
      ),
  },
  {
    id: 'at',
    header: 'Answered',
    cell: ({ answered_at, answered_by }) => (answered_at ? `${moment(answered_at)} by ${answered_by}` : '–'),
  },
];
