import { useState } from 'react';
import { useAddress } from '../../app/address';
import { Several } from '../../app/Called';
import { Link } from '../../app/Link';
import { shortDay } from '../../format/dates';
import { count } from '../../format/format';
import { MoneyCell } from '../../table/cells';
import { DataTable, type TableColumn } from '../../table/DataTable';
import { FileMenu } from '../../table/ExportMenu';
import { Empty, Failure, Panel, Skeleton } from '../../ui/States';
import { type Campaign, useCampaigns } from './ask';
import { BeginCampaign } from './BeginCampaign';
import { CampaignPanel } from './CampaignPanel';
import { printTagPlace, type TagPlace } from './place';

/** Who has been asked to put which tag in order, until when; one of them opened below. */
export function CampaignsPanel({ place }: { place: TagPlace }) {
  const found = useCampaigns();
  const { go } = useAddress();
  const [beginning, setBeginning] = useState(false);
  const open = place.kind === 'campaign' ? place.campaign : '';
  return (
    <>
      <Panel
        title="Campaigns"
        tools={
          <>
            <button type="button" className="button" aria-expanded={beginning} onClick={() => setBeginning(!beginning)}>
              Begin a campaign
            </button>
            {found.data && found.data.campaigns.length > 0 && <FileMenu of="tags/campaigns" text="" />}
          </>
        }
      >
        {beginning && (
          <BeginCampaign
            onBegun={(campaign) => {
              setBeginning(false);
              go({ view: { sel: printTagPlace({ kind: 'campaign', campaign, team: '' }) } });
            }}
            onClose={() => setBeginning(false)}
          />
        )}
        {found.error && !found.data ? (
          <Failure error={found.error} what="Campaigns" retry={() => found.refetch()} />
        ) : !found.data ? (
          <Skeleton lines={3} />
        ) : found.data.campaigns.length === 0 ? (
          <Empty title="No campaign yet">
            A campaign lists for each owner what lacks a tag, with commands to read and run, and measures by later bills
            how far they got.
          </Empty>
        ) : (
          <DataTable
            caption="Campaigns"
            columns={COLUMNS}
            rows={found.data.campaigns}
            rowKey={({ id }) => id}
            rowClass={({ id }) => (id === open ? 'is-lit' : '')}
          />
        )}
      </Panel>
      {place.kind === 'campaign' && <CampaignPanel key={open} id={open} team={place.team} />}
    </>
  );
}

const COLUMNS: TableColumn<Campaign>[] = [
  {
    id: 'name',
    header: 'Campaign',
    cell: ({ id, name, note }) => (
      <Link
        row
        path="/attribution"
        text={`tab=tags&sel=${encodeURIComponent(printTagPlace({ kind: 'campaign', campaign: id, team: '' }))}`}
        className="name-link"
        {...(note && { title: note })}
      >
        {name}
      </Link>
    ),
  },
  { id: 'key', header: 'Key', cell: ({ key }) => key },
  { id: 'state', header: 'State', narrow: true, cell: ({ state }) => <span className="badge">{state}</span> },
  { id: 'due', header: 'Due', narrow: true, cell: ({ due }) => shortDay(due, true) },
  { id: 'teams', header: 'Owners', cell: ({ teams }) => <Several of={teams} /> },
  { id: 'resources', header: 'Resources', numeric: true, cell: ({ resources }) => count(resources) },
  {
    id: 'cost',
    header: 'Cost at its start',
    numeric: true,
    cell: ({ cost }) =>
      Object.entries(cost).map(([currency, amount]) => (
        <span key={currency}>
          <MoneyCell amount={amount} /> {currency}{' '}
        </span>
      )),
  },
  { id: 'by', header: 'Begun by', cell: ({ created_by }) => created_by },
];
