import { useProposal } from '../api/queries';
import type { Effect } from '../api/types';
import { isNegative, isZero, money, percent } from '../format/format';
import { useAction } from '../jobs/follow';
import { DataTable, type TableColumn } from '../table/DataTable';
import { Failure, Panel } from '../ui/States';

/** Starter rules from the data alone: what they would change, and one button that publishes them. */
export function ProposalPanel() {
  const { data } = useProposal(true);
  const apply = useAction('POST', '/rules/proposal/apply');
  if (!data?.available) return null;
  return (
    <Panel title="Teams from your data" className="proposal">
      <p className="proposal-lead">{data.sentence}</p>
      <p className="muted">
        {data.coverage
          .map(
            (item) =>
              `Unallocated would go from ${percent(item.unallocated_before)} to ${percent(item.unallocated_after)} of ${item.currency}.`,
          )
          .join(' ')}{' '}
        Nothing is published until you say so, and the rules can be changed later.
      </p>
      <DataTable
        caption="Teams before and after"
        columns={COLUMNS}
        rows={data.effects}
        rowKey={(row) => `${row.team}\u0000${row.currency}`}
      />
      {apply.error && <Failure error={apply.error} what="The rules" />}
      <button type="button" className="button primary" disabled={apply.busy} onClick={apply.run}>
        {apply.busy ? 'Publishing…' : 'Use these teams'}
      </button>
    </Panel>
  );
}

const COLUMNS: TableColumn<Effect>[] = [
  {
    id: 'team',
    header: 'Team',
    cell: (row) => (row.team === null ? <span className="missing">Unallocated</span> : row.team),
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
