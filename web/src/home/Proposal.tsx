import { useProposal } from '../api/queries';
import type { Effect } from '../api/types';
import { Called } from '../app/Called';
import { absolute, compare } from '../format/decimal';
import { count, isNegative, isZero, money, percent } from '../format/format';
import { useAction } from '../jobs/follow';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { Failure, Panel } from '../ui/States';

/** Starter rules from the data alone: what they would change, and one button that publishes them. */
export function ProposalPanel() {
  const { data, refetch } = useProposal(true);
  const apply = useAction('POST', '/rules/proposal/apply');
  if (!data?.available) return null;
  const moved = [...data.effects].sort((a, b) => compare(absolute(b.change), absolute(a.change)));
  return (
    <Panel title="Teams from your data" className="proposal" tools={<FileMenu of="rules/proposal" text="" />}>
      <div className="proposal-head">
        <p>
          <span className="proposal-lead">
            Whose cost it is can be read from the bill itself: <Marked text={data.sentence ?? ''} />.
          </span>
          <br />
          <span className="muted">
            {data.coverage
              .map(
                (item) =>
                  `Owned: ${percent(item.before)} now, ${percent(item.after)} with these rules (${item.currency}).`,
              )
              .join(' ')}{' '}
            Nothing changes until you say so, and rules can be changed later.
          </span>
        </p>
        <button type="button" className="button primary" disabled={apply.busy} onClick={apply.run}>
          {apply.busy ? 'Publishing…' : 'Use these teams'}
        </button>
      </div>
      {apply.error && <Failure error={apply.error} what="The rules" retry={() => refetch()} />}
      <DataTable
        caption="Teams before and after"
        columns={COLUMNS}
        rows={moved.slice(0, SHOWN)}
        rowKey={(row) => `${row.team}\u0000${row.currency}`}
        note={moved.length > SHOWN ? `the largest of ${count(moved.length)}` : undefined}
      />
    </Panel>
  );
}

const SHOWN = 8;
const COLUMNS: TableColumn<Effect>[] = [
  {
    id: 'team',
    header: 'Team',
    cell: (row) => (row.team === null ? <span className="missing">Unallocated</span> : <Called value={row.team} />),
  },
  { id: 'before', header: 'Now', numeric: true, cell: (row) => money(row.before) },
  {
    id: 'after',
    header: 'With these rules',
    numeric: true,
    narrow: true,
    cell: (row) => `${money(row.after)} ${row.currency}`,
  },
  {
    id: 'change',
    header: 'Moves',
    numeric: true,
    cell: (row) => `${isNegative(row.change) || isZero(row.change) ? '' : '+'}${money(row.change)}`,
  },
];

/** What stands between backticks is a name. */
function Marked({ text }: { text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence, in their order
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}
