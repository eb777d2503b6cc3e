import type { CurrencyChange, Explained } from '../api/types';
import { Link } from '../app/Link';
import { signed } from '../chart/StepParts';
import { filterFor } from '../explore/questions';
import { exact, money, percent } from '../format/format';
import { groupLabel, keyOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import { type CostQuery, printQuery } from '../query/query';
import { DataTable, type TableColumn } from '../table/DataTable';
import { CAUSE, EXPLAIN } from './questions';

interface PartRow {
  key: string;
  name: string;
  note: string;
  amount: string;
  share: string | null;
  before: string;
  now: string;
  text: string | null; // where the row leads
}

interface PartsTableProps {
  found: Explained;
  change: CurrencyChange;
  view: string;
  query: CostQuery;
}

/** All parts: each cause with what it means, or each group with what it is made of. */
export function PartsTable({ found, change, view, query }: PartsTableProps) {
  const causes = view === CAUSE;
  const rows = causes ? causeRows(found, change) : groupRows(change, view, narrowed(query, found));
  const columns: TableColumn<PartRow>[] = [
    { id: 'name', header: causes ? 'Cause' : (found.dimensions[0]?.label ?? view), cell: (row) => <Name row={row} /> },
    {
      id: 'amount',
      header: `Part, ${change.currency}`,
      numeric: true,
      narrow: true,
      cell: ({ amount }) => (
        <data value={amount} title={exact(amount)}>
          {signed(amount)}
        </data>
      ),
    },
    { id: 'share', header: 'Share', numeric: true, narrow: true, cell: ({ share }) => percent(share) },
    ...(causes
      ? []
      : ([
          { id: 'before', header: 'Before', numeric: true, cell: ({ before }) => money(before) },
          { id: 'now', header: 'Now', numeric: true, cell: ({ now }) => money(now) },
        ] satisfies TableColumn<PartRow>[])),
    { id: 'note', header: causes ? 'Means' : 'Made of', cell: ({ note }) => <span className="muted">{note}</span> },
  ];
  const footer = {
    name: 'Change',
    amount: signed(change.change),
    before: money(change.before),
    now: money(change.now),
  };
  return (
    <DataTable
      caption={causes ? 'Parts of the change by cause' : 'Parts of the change by group'}
      columns={columns}
      rows={rows}
      rowKey={({ key }) => key}
      footers={[footer]}
    />
  );
}

function Name({ row }: { row: PartRow }) {
  if (row.text === null) return <>{row.name}</>;
  return (
    <Link row path={EXPLAIN} text={row.text} className="name-link" title={`Explain ${row.name} alone`}>
      {row.name}
    </Link>
  );
}

function causeRows(found: Explained, change: CurrencyChange): PartRow[] {
  const docs = new Map(found.causes.map(({ name, doc }) => [name, doc]));
  return change.causes.map(({ cause, label, amount, share }) => ({
    key: cause,
    name: label,
    note: docs.get(cause) ?? '',
    amount,
    share,
    before: '',
    now: '',
    text: null,
  }));
}

function groupRows(change: CurrencyChange, view: string, query: CostQuery): PartRow[] {
  return change.groups.map((group) => {
    const value = group.values[0] ?? null;
    const key = keyOf(value);
    const where = [...query.where, filterFor(view, key)];
    return {
      key: group.rest ? '(other)' : key,
      name: group.rest ? 'Other' : (group.labels[0] ?? groupLabel(key, view)),
      note: group.causes.map(({ label, amount }) => `${label.toLowerCase()} ${signed(amount)}`).join(', '),
      amount: group.change,
      share: group.share,
      before: group.before,
      now: group.now,
      text: group.rest ? null : printQuery({ ...query, by: [], where }),
    };
  });
}
