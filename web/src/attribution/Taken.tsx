import { Called } from '../app/Called';
import { count } from '../format/format';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import type { Preview } from './ask';

type Takes = Preview['taken'][number];

/** What pools would take from whom, against what they take now: of a split, all that it would share. */
export function Taken({ rows }: { rows: readonly Takes[] }) {
  return (
    <DataTable
      caption="What pools would share"
      columns={COLUMNS}
      rows={rows}
      rowKey={(row) => [row.pool, row.was, row.currency].join('\u0000')}
    />
  );
}

const COLUMNS: readonly TableColumn<Takes>[] = [
  { id: 'pool', header: 'Pool', cell: ({ pool }) => pool },
  { id: 'was', header: 'Of', narrow: true, cell: ({ was }) => <Called value={was} /> },
  { id: 'lines', header: 'Lines', numeric: true, cell: ({ lines }) => count(lines) },
  { id: 'before', header: 'Shares now', numeric: true, cell: (row) => <Amount of={row.before} in={row.currency} /> },
  { id: 'amount', header: 'Would share', numeric: true, cell: (row) => <Amount of={row.amount} in={row.currency} /> },
];

function Amount({ of, in: currency }: { of: string; in: string }) {
  return (
    <>
      <MoneyCell amount={of} /> {currency}
    </>
  );
}
