import { Called, useTeamName } from '../../app/Called';
import { Link } from '../../app/Link';
import { CopyText } from '../../explain/CopyText';
import { filterFor } from '../../explore/questions';
import { count } from '../../format/format';
import { keyOf } from '../../query/group';
import { DEFAULTS, printQuery } from '../../query/query';
import { MoneyCell, Shortened } from '../../table/cells';
import { DataTable, type TableColumn } from '../../table/DataTable';
import { FileMenu } from '../../table/ExportMenu';
import { Empty, Failure, Panel, Skeleton } from '../../ui/States';
import { type CampaignResource, useCampaignResources } from './ask';

/** What one owner, or everybody, has to put in order. */
export function CampaignList({ id, team }: { id: string; team: string }) {
  const found = useCampaignResources(id, team);
  const name = useTeamName();
  const whose = team === '' ? 'every owner' : team === '(none)' ? 'nobody' : name(team);
  return (
    <Panel
      title={`To fix, ${whose}`}
      note="commands are for people to read and run"
      tools={
        <FileMenu
          of={`tags/campaigns/${encodeURIComponent(id)}/resources`}
          text={team && `team=${encodeURIComponent(team)}`}
        />
      }
    >
      {found.error && !found.data ? (
        <Failure error={found.error} what="The list" retry={() => found.refetch()} />
      ) : !found.data ? (
        <Skeleton lines={8} />
      ) : found.data.resources.length === 0 ? (
        <Empty title="Nothing to fix" />
      ) : (
        <DataTable
          caption="Resources to fix"
          columns={COLUMNS}
          rows={found.data.resources}
          rowKey={({ provider, sub_account, resource }) => `${provider}\u0000${sub_account}\u0000${resource}`}
          textOf={({ resource, sub_account, team: owner }) =>
            `${resource} ${sub_account} ${owner ?? ''} ${name(owner)}`
          }
          note={found.data.more > 0 ? `${count(found.data.more)} more are in the file` : null}
        />
      )}
    </Panel>
  );
}

const NAME_CHARS = 44;

const COLUMNS: TableColumn<CampaignResource>[] = [
  {
    id: 'resource',
    header: 'Resource',
    cell: ({ resource }) => (
      <Link
        row
        path="/resources"
        text={printQuery({ ...DEFAULTS, where: [filterFor('resource', keyOf(resource))] })}
        className="name-link"
      >
        <Shortened text={resource} most={NAME_CHARS} />
      </Link>
    ),
  },
  { id: 'now', header: 'Now', narrow: true, cell: ({ now }) => <span className="badge">{now}</span> },
  { id: 'value', header: 'Value', cell: ({ value }) => value || 'none' },
  {
    id: 'suggested',
    header: 'Suggested',
    narrow: true,
    cell: ({ suggested, evidence }) => (
      <span className="suggested">
        {suggested && <strong>{suggested}</strong>} <span className="muted small">{evidence}</span>
      </span>
    ),
  },
  {
    id: 'command',
    header: 'Command',
    cell: ({ command, why_not }) => <Command text={command} reason={why_not} />,
  },
  {
    id: 'cost',
    header: 'Cost at the start',
    numeric: true,
    cell: ({ cost }) =>
      Object.entries(cost).map(([currency, amount]) => (
        <span key={currency}>
          <MoneyCell amount={amount} /> {currency}{' '}
        </span>
      )),
  },
  { id: 'owner', header: 'Owner', cell: ({ team }) => <Called value={team} /> },
  { id: 'account', header: 'Account', cell: ({ sub_account }) => sub_account ?? '–' },
];

function Command({ text, reason }: { text: string | null; reason: string | null | undefined }) {
  if (text === null) return <span className="muted small">{reason}</span>;
  return (
    <span className="command">
      <code>{text}</code> <CopyText text={text} />
    </span>
  );
}
