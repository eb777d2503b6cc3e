import { Called, useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { moment, shift, shortDay } from '../format/dates';
import { money } from '../format/format';
import { useAction } from '../jobs/follow';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { teamPath } from '../teams/questions';
import { late } from '../ui/late';
import { Panel } from '../ui/States';
import { type Offer, useOffers } from './ask';

const OfferAway = late<{ name: string }>(() => import('./OfferForm'));

/** Cost that teams give to whoever wants it: a rule of theirs may claim it without asking. */
export function OffersPanel() {
  const offers = useOffers().data ?? [];
  return (
    <Panel
      title="Offers"
      note="claimed without asking"
      tools={
        <>
          <OfferAway name="" />
          {offers.length > 0 && <FileMenu of="rules/offers" text="" />}
        </>
      }
    >
      {offers.length === 0 ? (
        <p className="muted">No team offers cost.</p>
      ) : (
        <DataTable caption="Offers" columns={COLUMNS} rows={offers} rowKey={({ id }) => id} />
      )}
    </Panel>
  );
}

const COLUMNS: TableColumn<Offer>[] = [
  {
    id: 'what',
    header: 'Offered',
    cell: ({ team, scope, until, up_to, currency }) => (
      <span className="two-lines">
        <Link row path="/explore" text={`${scope}&where=team:${encodeURIComponent(team)}`} className="name-link">
          {decodeURIComponent(scope.replaceAll('where=', '').replaceAll('&', ', '))}
        </Link>
        {until && <span className="muted small">to {shortDay(shift(until, -1), true)}</span>}
        {up_to && (
          <span className="muted small">
            up to {money(up_to)} {currency} a month
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'team',
    header: 'By',
    narrow: true,
    cell: ({ team }) => (
      <Link path={teamPath(team)}>
        <Called value={team} />
      </Link>
    ),
  },
  { id: 'note', header: 'Note', cell: ({ note }) => note || '–' },
  { id: 'at', header: 'Since', cell: ({ created_at }) => moment(created_at) },
  { id: 'act', header: 'Do', narrow: true, cell: (row) => <TakeBack offer={row} /> },
];

function TakeBack({ offer }: { offer: Offer }) {
  const name = useTeamName();
  const back = useAction('DELETE', `/rules/offers/${offer.id}?team=${encodeURIComponent(offer.team)}`);
  return (
    <button
      type="button"
      className="button small quiet"
      aria-label={`Take back the offer of ${name(offer.team)}`}
      disabled={back.busy}
      onClick={back.run}
    >
      Take back
    </button>
  );
}
