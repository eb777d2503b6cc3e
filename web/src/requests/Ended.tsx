import type * as schema from '../api/schema';
import { Called } from '../app/Called';
import { Link } from '../app/Link';
import { printPlace } from '../attribution/place';
import { shortDay } from '../format/dates';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { RULES } from '../teams/named';
import { teamPath } from '../teams/questions';
import { Panel } from '../ui/States';
import { useEndedTeams } from './ask';

/** Teams that exist no more, while rules still give cost to them: it has no owner until those change. */
export function EndedPanel() {
  const named = (useEndedTeams().data ?? []).filter(({ rules }) => rules.length > 0);
  if (named.length === 0) return null;
  return (
    <Panel title="Teams that ended, and rules that still name them" tools={<FileMenu of="rules/ended-teams" text="" />}>
      <DataTable caption="Teams that ended" columns={COLUMNS} rows={named} rowKey={({ team }) => team} />
    </Panel>
  );
}

const COLUMNS: TableColumn<schema.EndedTeam>[] = [
  {
    id: 'team',
    header: 'Team',
    cell: ({ team }) => (
      <Link row path={teamPath(team)} className="name-link">
        <Called value={team} />
      </Link>
    ),
  },
  { id: 'ended', header: 'Since', narrow: true, cell: ({ ended }) => shortDay(ended, true) },
  { id: 'heir', header: 'Answers for it', cell: ({ heir }) => (heir ? <Called value={heir} /> : 'the platform') },
  {
    id: 'rules',
    header: 'Rules to change',
    narrow: true,
    cell: ({ rules }) =>
      rules.map(({ rule, line }, at) => (
        <span key={rule}>
          {at > 0 && ', '}
          <Link
            path="/attribution"
            text={line === null ? 'tab=org' : `sel=${encodeURIComponent(printPlace(RULES, line))}`}
          >
            {rule}
          </Link>
        </span>
      )),
  },
];
