import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type * as schema from '../api/schema';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { isDay, shortDay } from '../format/dates';
import { literal } from '../query/escape';
import { periodLabel } from '../query/period';
import { DEFAULTS, printQuery } from '../query/query';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { ExportMenu } from '../table/ExportMenu';
import { teamPath } from '../teams/questions';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';

type Team = schema.OrgTeam;
type Cost = schema.EffectiveCost;

const INDENT = 20;

/** The teams as they stood to each other on a day, with what each and all below it cost in the days of the page. */
export function OrgTree() {
  const { query, view, go } = useAddress();
  const at = isDay(view.sel) ? view.sel : '';
  const text = new URLSearchParams({ period: query.period, ...(at && { at }) }).toString();
  const found = useQuery({
    queryKey: ['org', text],
    queryFn: ({ signal }) => get<schema.OrgTree>(`/org?${text}`, signal),
  });
  const day = found.data?.at ?? at;
  return (
    <Panel
      title="Teams"
      note={`${periodLabel(query.period)}, effective cost`}
      tools={
        <>
          <label>
            As of{' '}
            <input
              type="date"
              className="input"
              value={day}
              onChange={(event) => go({ view: { sel: event.target.value }, replace: true })}
            />
          </label>
          <ExportMenu query={{ ...DEFAULTS, period: query.period, by: ['team'] }} />
        </>
      }
    >
      {found.error && !found.data ? (
        <Failure error={found.error} what="The organisation" retry={() => found.refetch()} />
      ) : !found.data ? (
        <Skeleton lines={6} />
      ) : found.data.teams.length === 0 ? (
        <Empty title={`No team is listed on ${shortDay(found.data.at, true)}`} />
      ) : (
        <>
          <DataTable
            caption="Teams"
            columns={columns(query.period)}
            rows={found.data.teams}
            rowKey={({ key }) => key}
          />
          {found.data.others.length > 0 && (
            <p className="table-note">
              Not in the tree of this day:{' '}
              {found.data.others.map(({ team, cost }) => (
                <span key={team ?? ''} className="other-team">
                  {team ?? 'Unallocated'} <Amounts cost={cost} />
                </span>
              ))}
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

function columns(period: string): TableColumn<Team>[] {
  return [
    {
      id: 'team',
      header: 'Team',
      cell: ({ key, name, depth }) => (
        <span style={{ paddingLeft: depth * INDENT }}>
          <Link row path={teamPath(key)} text={printQuery({ ...DEFAULTS, period })} className="name-link">
            {name}
          </Link>
        </span>
      ),
    },
    { id: 'centre', header: 'Cost centre', cell: ({ cost_centre }) => cost_centre ?? '–' },
    { id: 'since', header: 'So since', cell: ({ valid_from }) => valid_from ?? 'the beginning' },
    { id: 'until', header: 'Until', cell: ({ valid_to }) => (valid_to ? `before ${valid_to}` : '–') },
    { id: 'own', header: 'Own cost', numeric: true, cell: ({ cost }) => <Amounts cost={cost} /> },
    {
      id: 'subtree',
      header: 'With all below',
      numeric: true,
      narrow: true,
      cell: ({ subtree, teams }) => (
        <Link path="/explore" text={below(teams, period)}>
          <Amounts cost={subtree} />
        </Link>
      ),
    },
  ];
}

function below(teams: readonly string[], period: string): string {
  const where = [{ dimension: 'team', negated: false, values: teams.map(literal) }];
  return printQuery({ ...DEFAULTS, period, by: ['team'], where });
}

function Amounts({ cost }: { cost: readonly Cost[] }) {
  if (cost.length === 0) return '–';
  return cost.map(({ currency, effective_cost }) => (
    <span key={currency} className="amount">
      <MoneyCell amount={effective_cost} /> {currency}
    </span>
  ));
}
