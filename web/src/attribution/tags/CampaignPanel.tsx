import { useState } from 'react';
import type * as schema from '../../api/schema';
import { Called } from '../../app/Called';
import { Link } from '../../app/Link';
import { halfOpen, monthName, shortDay } from '../../format/dates';
import { count } from '../../format/format';
import { MoneyCell, ShareCell } from '../../table/cells';
import { DataTable, type TableColumn } from '../../table/DataTable';
import { FileMenu } from '../../table/ExportMenu';
import { Sparkline } from '../../table/Sparkline';
import { Failure, Panel, Skeleton } from '../../ui/States';
import { useCampaign, useCampaignWriter } from './ask';
import { CampaignList } from './CampaignList';
import { printTagPlace } from './place';

type Owner = schema.CampaignOwner;
type Money = schema.CampaignMoney;
type Row = Pick<Owner, 'team' | 'resources'> & Money & { past: (string | null)[] };

const NOBODY = '(none)';

/** How far a campaign got, by owner and month, and the list of what each has to do. */
export function CampaignPanel({ id, team }: { id: string; team: string }) {
  const found = useCampaign(id);
  if (found.error && !found.data)
    return <Failure error={found.error} what="The campaign" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} />;
  const { campaign, months } = found.data;
  const newest = months.at(-1);
  const rows = (newest?.owners ?? []).flatMap(({ team: owner, resources, money }) =>
    money.map((one) => ({ team: owner, resources, ...one, past: pastOf(months, owner, one.currency) })),
  );
  return (
    <>
      <Panel
        title={campaign.name}
        note={newest && `${monthName(newest.month)}, as of ${newest.to}; cost of ${halfOpen(campaign)}`}
        tools={
          <>
            {campaign.state !== 'closed' && <Close id={id} name={campaign.name} />}
            <FileMenu of={`tags/campaigns/${encodeURIComponent(id)}/owners`} text="" />
          </>
        }
      >
        <p className="muted policy-said">
          {campaign.note && <>{campaign.note} </>}
          {campaign.key}, due {shortDay(campaign.due, true)}. Begun by {campaign.created_by}
          {campaign.closed_by && `, closed by ${campaign.closed_by}`}.
          {campaign.left_out > 0 && ` ${count(campaign.left_out)} cheaper resources are left out.`}
        </p>
        <DataTable
          caption="Progress by owner"
          columns={columnsOf(id)}
          rows={rows}
          rowKey={(row) => `${row.team}\u0000${row.currency}`}
          rowClass={(row) => (team !== '' && (row.team ?? NOBODY) === team ? 'is-lit' : '')}
          footers={(newest?.money ?? []).map((one) => ({
            owner: `All, ${one.currency}`,
            percent: <ShareCell share={one.percent} />,
            cost: <MoneyCell amount={one.cost} />,
            fixed: <MoneyCell amount={one.fixed} />,
            gone: <MoneyCell amount={one.gone} />,
            open: <MoneyCell amount={one.open} />,
          }))}
        />
      </Panel>
      <CampaignList id={id} team={team} />
    </>
  );
}

/** Percent of each month; the server has divided. */
function pastOf(months: readonly schema.CampaignMonth[], team: string | null, currency: string): (string | null)[] {
  return months.map(
    ({ owners }) =>
      owners.find((owner) => owner.team === team)?.money.find((one) => one.currency === currency)?.percent ?? null,
  );
}

function columnsOf(id: string): TableColumn<Row>[] {
  return [
    {
      id: 'owner',
      header: 'Owner',
      cell: ({ team }) => (
        <Link
          row
          path="/attribution"
          text={`tab=tags&sel=${encodeURIComponent(printTagPlace({ kind: 'campaign', campaign: id, team: team ?? NOBODY }))}`}
          className="name-link"
        >
          <Called value={team} />
        </Link>
      ),
    },
    {
      id: 'percent',
      header: 'Done',
      numeric: true,
      narrow: true,
      cell: ({ percent }) => <ShareCell share={percent} />,
    },
    { id: 'cost', header: 'Cost at the start', numeric: true, cell: ({ cost }) => <MoneyCell amount={cost} /> },
    { id: 'fixed', header: 'Fixed', numeric: true, cell: ({ fixed }) => <MoneyCell amount={fixed} /> },
    { id: 'gone', header: 'Gone', numeric: true, cell: ({ gone }) => <MoneyCell amount={gone} /> },
    { id: 'open', header: 'Still open', numeric: true, narrow: true, cell: ({ open }) => <MoneyCell amount={open} /> },
    { id: 'currency', header: 'Currency', cell: ({ currency }) => currency },
    { id: 'resources', header: 'Resources', numeric: true, cell: ({ resources }) => count(resources) },
    { id: 'past', header: 'By month', cell: ({ past }) => <Sparkline values={past} unit="month" /> },
  ];
}

/** Asked twice: a closed campaign is not opened again. */
function Close({ id, name }: { id: string; name: string }) {
  const writer = useCampaignWriter();
  const [sure, setSure] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  if (!sure)
    return (
      <button type="button" className="button quiet" onClick={() => setSure(true)}>
        Close…
      </button>
    );
  return (
    <>
      <span>Close {name}? Later bills no longer count.</span>
      <button type="button" className="button danger" onClick={() => writer.close(id).catch(setError)}>
        Close it
      </button>
      <button type="button" className="button" onClick={() => setSure(false)}>
        Keep it open
      </button>
      {error && (
        <span role="alert" className="bad-text">
          {error.message}
        </span>
      )}
    </>
  );
}
