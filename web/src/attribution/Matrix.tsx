import { Called, useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { money } from '../format/format';
import { keyOf } from '../query/group';
import { DEFAULTS, printQuery } from '../query/query';
import { HeatCell, widestOf } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import type { Preview } from './ask';

export type Move = Preview['movement'][number];
export type Owner = string | null;

/** Unallocated is last; the others in the order of the server. */
export function owners(found: readonly Owner[]): Owner[] {
  const named = [...new Set(found)].filter((owner) => owner !== null);
  return found.includes(null) ? [...named, null] : named;
}

/** One cell of a matrix. */
export interface Cell {
  was: Owner;
  becomes: Owner;
  currency: string;
}

export function isOf(cell: Cell, move: Cell): boolean {
  return cell.was === move.was && cell.becomes === move.becomes && cell.currency === move.currency;
}

interface MoveMatrixProps {
  currency: string;
  moves: readonly Move[];
  cell?: Cell | null; // whose rows lie open
  onCell?: (cell: Cell | null) => void; // without it nothing opens
}

/** From whom (rows) to whom (columns), in one currency; a cell opens what moves, where that is known. */
export function MoveMatrix({ currency, moves, cell = null, onCell }: MoveMatrixProps) {
  const ownerName = useTeamName();
  const own = moves.filter((move) => move.currency === currency);
  const widest = widestOf(own.map(({ amount }) => amount));
  const columns: TableColumn<{ was: Owner }>[] = [
    {
      id: 'was',
      header: `From, ${currency}`,
      cell: ({ was }) => (
        <Link row path="/explore" text={nowText(was)} className={was === null ? 'name-link missing' : 'name-link'}>
          <Called value={was} />
        </Link>
      ),
    },
    ...owners(own.map(({ becomes }) => becomes)).map(
      (becomes): TableColumn<{ was: Owner }> => ({
        id: `to ${keyOf(becomes)}`,
        header: `to ${ownerName(becomes)}`,
        numeric: true,
        narrow: true,
        cell: ({ was }) => {
          const move = own.find((one) => one.was === was && one.becomes === becomes);
          if (!move || !onCell) return <HeatCell amount={move?.amount} widest={widest} />;
          const open = cell !== null && isOf(cell, move);
          return (
            <button
              type="button"
              className="cell-button"
              aria-pressed={open}
              aria-label={`${money(move.amount)} from ${ownerName(was)} to ${ownerName(becomes)}: what moves`}
              onClick={() => onCell(open ? null : { was, becomes, currency })}
            >
              <HeatCell amount={move.amount} widest={widest} />
            </button>
          );
        },
      }),
    ),
  ];
  return (
    <DataTable
      caption={`Movement in ${currency}, from owner to owner`}
      columns={columns}
      rows={owners(own.map(({ was }) => was)).map((was) => ({ was }))}
      rowKey={({ was }) => keyOf(was)}
    />
  );
}

/** What an owner has now, of which some would move. */
function nowText(was: Owner): string {
  return printQuery({
    ...DEFAULTS,
    period: 'last_12_months',
    by: ['service'],
    where: [filterFor('team', keyOf(was))],
  });
}
