import type * as schema from '../api/schema';
import { useAddress } from '../app/address';
import { Called } from '../app/Called';
import { Link } from '../app/Link';
import { isDay, shortDay } from '../format/dates';
import { literal } from '../query/escape';
import { periodLabel } from '../query/period';
import { type CostQuery, DEFAULTS, printQuery } from '../query/query';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { DraftMenu, FileMenu } from '../table/ExportMenu';
import { reviewText, teamPath } from '../teams/questions';
import { Segments } from '../ui/Segments';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { Faults } from './Faults';
import { OWNED, type Owned, orgText, proposed, useOrg } from './orgAsk';
import type { Draft } from './useDraft';

type Team = schema.OrgTeam;
type Cost = schema.EffectiveCost;

const INDENT = 20;

/** The choice and the day of the tree, as they stand in the address: "2026-10-05", "now:2026-10-05". */
function placeOf(sel: string): { owned: Owned; at: string } {
  const [first = '', second = ''] = sel.split(':');
  const owned = OWNED.find(({ id }) => id === first)?.id ?? 'then';
  return { owned, at: [first, second].find(isDay) ?? '' };
}

/** The teams as they stood to each other on a day, with what each and all below it cost. */
export function OrgTree({ draft }: { draft: Draft }) {
  const { query, view, go } = useAddress();
  const { owned, at } = placeOf(view.sel);
  const found = useOrg(owned, at, query.period, draft.texts);
  const tree = found.data;
  const put = (next: Owned, day: string) =>
    go({ view: { sel: [next === 'then' ? '' : next, day].filter(Boolean).join(':') }, replace: true });
  return (
    <Panel
      title="Teams"
      note={`${tree ? periodLabel(tree.period) : ''}, effective cost`}
      tools={
        <>
          <Segments label="Whose a charge is" value={owned} choices={OWNED} onChange={(id) => put(id as Owned, at)} />
          <label>
            As of{' '}
            <input
              type="date"
              className="input"
              value={tree?.at ?? at}
              onChange={(event) => put(owned, event.target.value)}
            />
          </label>
          {owned === 'proposed' ? (
            <DraftMenu path="/org/proposed" body={proposed(draft.texts, at, query.period)} />
          ) : (
            <FileMenu of="org" text={orgText(owned, at, query.period)} />
          )}
        </>
      }
    >
      {owned !== 'then' && <About owned={owned} changed={draft.changed} />}
      {found.error && !tree ? (
        <Failure error={found.error} what="The organisation" retry={() => found.refetch()} />
      ) : !tree ? (
        <Skeleton lines={6} />
      ) : !tree.valid ? (
        <Faults faults={tree.faults} tab="" />
      ) : tree.teams.length === 0 ? (
        <Empty
          title={`No team is listed on ${shortDay(tree.at, true)}`}
          action={
            <Link path="/attribution" text="sel=org.yaml" className="button primary">
              List the teams
            </Link>
          }
        >
          Teams stand in org.yaml, each with who is above it, its cost centre and its days.
        </Empty>
      ) : (
        <Tree tree={tree} />
      )}
    </Panel>
  );
}

function About({ owned, changed }: { owned: Owned; changed: boolean }) {
  return (
    <p className="muted">
      {owned === 'now'
        ? 'Every charge of these days as the teams and rules of the day would own it, beside what it was. '
        : changed
          ? 'Every charge of these days as your draft would own it, beside what it was. Nothing is published. '
          : 'There is no draft yet, so this is what is in force. '}
      {owned === 'proposed' && (
        <Link path="/attribution" text="sel=org.yaml">
          {changed ? 'The draft' : 'Write one'}
        </Link>
      )}
    </p>
  );
}

function Tree({ tree }: { tree: schema.OrgTree }) {
  const compared = tree.owned !== 'then';
  return (
    <>
      <DataTable
        caption="Teams"
        columns={columns(tree, compared).filter(({ id }) => id !== 'then' || compared)}
        rows={tree.teams}
        rowKey={({ key }) => key}
      />
      {tree.others.length > 0 && (
        <p className="table-note">
          Not in the tree of this day:{' '}
          {tree.others.map(({ team, cost, then }) => (
            <span key={team ?? ''} className="other-team">
              <Called value={team} /> <Amounts cost={cost} />
              {compared && (
                <>
                  , then <Amounts cost={then} />
                </>
              )}
            </span>
          ))}
        </p>
      )}
      <p className="table-note" data-totals>
        Together <Amounts cost={tree.totals} />
        {compared && ', as then'}.
      </p>
    </>
  );
}

function columns({ period, basis }: schema.OrgTree, compared: boolean): TableColumn<Team>[] {
  const days = { ...DEFAULTS, period, basis: basis === 'billing' ? basis : DEFAULTS.basis };
  return [
    {
      id: 'team',
      header: 'Team',
      cell: ({ key, name, depth }) => (
        <span style={{ paddingLeft: depth * INDENT }}>
          <Link row path={teamPath(key)} text={reviewText(days)} className="name-link">
            {name}
          </Link>
        </span>
      ),
    },
    { id: 'centre', header: 'Cost centre', cell: ({ cost_centre }) => cost_centre ?? '–' },
    {
      id: 'since',
      header: 'So since',
      cell: ({ valid_from }) => (valid_from ? shortDay(valid_from, true) : 'the beginning'),
    },
    { id: 'until', header: 'Until', cell: ({ valid_to }) => (valid_to ? `before ${shortDay(valid_to, true)}` : '–') },
    { id: 'then', header: 'Then', numeric: true, cell: ({ then }) => <Amounts cost={then} /> },
    { id: 'own', header: 'Own cost', numeric: true, cell: ({ cost }) => <Amounts cost={cost} /> },
    {
      id: 'subtree',
      header: 'With all below',
      numeric: true,
      narrow: true,
      cell: ({ subtree, teams }) =>
        compared ? (
          <Amounts cost={subtree} />
        ) : (
          <Link path="/explore" text={below(teams, days)}>
            <Amounts cost={subtree} />
          </Link>
        ),
    },
  ];
}

function below(teams: readonly string[], days: CostQuery): string {
  const where = [{ dimension: 'team', negated: false, values: teams.map(literal) }];
  return printQuery({ ...days, by: ['team'], where });
}

function Amounts({ cost }: { cost: readonly Cost[] }) {
  if (cost.length === 0) return '–';
  return cost.map(({ currency, effective_cost }, at) => (
    <span key={currency} className="amount">
      {at > 0 && ' · '}
      <MoneyCell amount={effective_cost} /> {currency}
    </span>
  ));
}
