import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { keyOf } from '../query/group';
import { DEFAULTS, printQuery } from '../query/query';
import { HeatCell, widestOf } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import type { Preview } from './ask';

type Move = Preview['movement'][number];
type Owner = string | null;

export function ownerName(owner: Owner): string {
  return owner ?? 'Unallocated';
}

/** Unallocated is last; the others in the order of the server. */
export function owners(found: readonly Owner[]): Owner[] {
  const named = [...new Set(found)].filter((owner) => owner !== null);
  return found.includes(null) ? [...named, null] : named;
}

/** From whom (rows) to whom (columns), in one currency. */
export function MoveMatrix({ currency, moves }: { currency: string; moves: readonly Move[] }) {
  const own = moves.filter((move) => move.currency === currency);
  const widest = widestOf(own.map(({ amount }) => amount));
  const columns: TableColumn<{ was: Owner }>[] = [
    {
      id: 'was',
      header: `From, ${currency}`,
      cell: ({ was }) => (
        <Link row path="/explore" text={nowText(was)} className={was === null ? 'name-link missing' : 'name-link'}>
          {ownerName(was)}
        </Link>
      ),
    },
    ...owners(own.map(({ becomes }) => becomes)).map(
      (becomes): TableColumn<{ was: Owner }> => ({
        id: `to ${keyOf(becomes)}`,
        header: `to ${ownerName(becomes)}`,
        numeric: true,
        narrow: true,
        cell: ({ was }) => (
          <HeatCell amount={own.find((move) => move.was === was && move.becomes === becomes)?.amount} widest={widest} />
        ),
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
