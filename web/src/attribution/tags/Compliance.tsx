import { useAddress } from '../../app/address';
import { Called, useTeamName } from '../../app/Called';
import { Link } from '../../app/Link';
import { filterFor } from '../../explore/questions';
import { halfOpen, known, shortDay } from '../../format/dates';
import { isZero } from '../../format/decimal';
import { NONE } from '../../query/escape';
import { keyOf } from '../../query/group';
import { written } from '../../query/narrowed';
import { type CostQuery, DEFAULTS, printQuery } from '../../query/query';
import { MoneyCell, ShareCell } from '../../table/cells';
import { DataTable, type TableColumn } from '../../table/DataTable';
import { FileMenu } from '../../table/ExportMenu';
import { Sparkline } from '../../table/Sparkline';
import { teamPath } from '../../teams/questions';
import { Empty, Failure, Panel, Skeleton } from '../../ui/States';
import { type ComplianceRow, type Compliance as Found, type Policy, useCompliance, useComplianceTrend } from './ask';
import { ComplianceTrend } from './ComplianceTrend';
import { printTagPlace, type TagPlace } from './place';

/** Whose cost follows a tag policy, in money, and how that went over thirteen months. */
export function CompliancePanel({ place }: { place: TagPlace }) {
  const { query, go } = useAddress();
  const found = useCompliance(query);
  const policies = found.data?.policies ?? [];
  const chosen = policies.find(({ id }) => place.kind === 'policy' && id === place.policy) ?? policies[0];
  const key = place.kind === 'policy' && chosen?.keys.some((one) => one.key === place.key) ? place.key : '';
  const choose = (policy: string, next: string) =>
    go({ view: { sel: printTagPlace({ kind: 'policy', policy, key: next }) } });
  return (
    <>
      <Panel
        title="Who follows the tag policy"
        note={found.data && halfOpen(found.data.period)}
        busy={found.isPlaceholderData}
        tools={
          chosen && (
            <>
              <PolicyChoice policies={policies} chosen={chosen} tag={key} onChoose={choose} />
              <FileMenu of="tags/compliance" text={fileText(query, chosen)} />
            </>
          )
        }
      >
        {found.error && !found.data ? (
          <Failure error={found.error} what="Compliance" retry={() => found.refetch()} />
        ) : !found.data ? (
          <Skeleton lines={6} />
        ) : !chosen ? (
          <Empty title="No tag policy is in force">
            Say in tags.yaml which keys cost must have and which values they may have, and publish it with{' '}
            <code>outlay tags apply tags.yaml</code>.
          </Empty>
        ) : (
          <>
            <Said policy={chosen} tag={key} />
            <Teams query={query} policy={chosen} tag={key} found={found.data} />
          </>
        )}
      </Panel>
      {chosen && found.data && <ComplianceTrend query={query} found={found.data} policy={chosen} tag={key} />}
    </>
  );
}

function fileText({ measures, period, where }: CostQuery, policy: Policy): string {
  const text = printQuery({ ...DEFAULTS, measures: measures.slice(0, 1), period, where });
  return [text, `policy=${encodeURIComponent(policy.id)}`].filter(Boolean).join('&');
}

interface ChoiceProps {
  policies: readonly Policy[];
  chosen: Policy;
  tag: string;
  onChoose: (policy: string, key: string) => void;
}

function PolicyChoice({ policies, chosen, tag, onChoose }: ChoiceProps) {
  return (
    <>
      <select
        className="input"
        aria-label="Policy"
        value={chosen.id}
        onChange={(event) => onChoose(event.target.value, '')}
      >
        {policies.map(({ id }) => (
          <option key={id}>{id}</option>
        ))}
      </select>
      <select
        className="input"
        aria-label="Key"
        value={tag}
        onChange={(event) => onChoose(chosen.id, event.target.value)}
      >
        <option value="">every key</option>
        {chosen.keys.map(({ key }) => (
          <option key={key}>{key}</option>
        ))}
      </select>
    </>
  );
}

/** The policy in words. */
function Said({ policy, tag }: { policy: Policy; tag: string }) {
  const keys = policy.keys.filter(({ key }) => tag === '' || key === tag);
  const days = [
    policy.valid_from && `from ${shortDay(policy.valid_from, true)}`,
    policy.valid_to && `before ${shortDay(policy.valid_to, true)}`,
  ];
  return (
    <p className="muted policy-said">
      {policy.note && <>{policy.note} </>}
      {policy.when ? `Where ${policy.when}` : 'Every charge'}
      {days.some(Boolean) && `, ${days.filter(Boolean).join(' ')}`}:{' '}
      {keys.map(({ key, values, allowed }, at) => (
        <span key={key}>
          {at > 0 && '; '}
          <strong>{key}</strong> {values.length > 0 ? `one of ${values.join(', ')}` : (allowed ?? 'with any value')}
        </span>
      ))}
      .
    </p>
  );
}

interface TeamsProps {
  query: CostQuery;
  policy: Policy;
  tag: string;
  found: Found;
}

const ofOne = (policy: Policy, tag: string) => (row: ComplianceRow) =>
  row.policy === policy.id && (row.key ?? '') === tag;

function Teams({ query, policy, tag, found }: TeamsProps) {
  const trend = useComplianceTrend(query, found, policy.id);
  const name = useTeamName();
  const past = (trend.data?.rows ?? []).filter(ofOne(policy, tag));
  const history = ({ team, currency }: ComplianceRow) =>
    past.filter((row) => row.team === team && row.currency === currency).map(({ percent }) => percent);
  const rows = found.rows.filter(ofOne(policy, tag));
  if (rows.length === 0) return <Empty title="It judges no cost of these days" />;
  const totals = found.totals.filter(ofOne(policy, tag));
  return (
    <DataTable
      caption="Compliance by team"
      columns={columnsOf(judgedBy(query, policy, found), policy, tag, history)}
      rows={rows}
      rowKey={({ team, currency }) => `${team}\u0000${currency}`}
      textOf={({ team }) => `${team ?? ''} ${name(team)}`}
      footers={totals.map((one) => ({
        team: `All, ${one.currency}`,
        percent: <ShareCell share={one.percent} />,
        compliant: <MoneyCell amount={one.compliant} />,
        missing: <MoneyCell amount={one.missing} />,
        not_allowed: <MoneyCell amount={one.not_allowed} />,
        currency: one.currency,
      }))}
      note="direct cost; credits count with their sign"
    />
  );
}

/** The question that a policy judges: its days are those of the answer on which the policy is in force. */
function judgedBy({ measures, period, where, currency }: CostQuery, policy: Policy, found: Found): CostQuery {
  const asked = { ...DEFAULTS, measures: measures.slice(0, 1), period, where, currency };
  const days = known(found.period);
  if (!days) return asked;
  const { valid_from: from, valid_to: to } = policy;
  return {
    ...asked,
    period: written({
      start: from && from > days.start ? from : days.start,
      end: to && to < days.end ? to : days.end,
    }),
  };
}

function columnsOf(
  query: CostQuery,
  policy: Policy,
  tag: string,
  history: (row: ComplianceRow) => (string | null)[],
): TableColumn<ComplianceRow>[] {
  const required = policy.keys.length === 1 ? policy.keys[0] : policy.keys.find(({ key }) => key === tag);
  const lines = (team: string | null | undefined, by: string, more: string) => {
    const where = [...query.where, filterFor('team', keyOf(team)), filterFor('allocation', keyOf('direct'))];
    return [printQuery({ ...query, by: [by], where }), policy.query, more].filter(Boolean).join('&');
  };
  const bare = required
    ? printQuery({ ...DEFAULTS, where: [{ dimension: `tag.${required.key}`, negated: false, values: [NONE] }] })
    : null;
  const amount = (text: string, link: string | null) =>
    link === null || policy.query === null || isZero(text) ? (
      <MoneyCell amount={text} />
    ) : (
      <Link path="/explore" text={link} className="why-link">
        <MoneyCell amount={text} />
      </Link>
    );
  return [
    {
      id: 'team',
      header: 'Team',
      cell: ({ team }) =>
        team ? (
          <Link row path={teamPath(team)} text="" className="name-link">
            <Called value={team} />
          </Link>
        ) : (
          <Called value={null} />
        ),
    },
    {
      id: 'percent',
      header: 'Compliant',
      numeric: true,
      narrow: true,
      cell: ({ percent }) => <ShareCell share={percent} />,
    },
    {
      id: 'compliant',
      header: 'Compliant cost',
      numeric: true,
      cell: ({ compliant }) => <MoneyCell amount={compliant} />,
    },
    {
      id: 'missing',
      header: 'Key missing',
      numeric: true,
      narrow: true,
      cell: (row) => amount(row.missing, bare === null ? null : lines(row.team, 'resource', bare)),
    },
    {
      id: 'not_allowed',
      header: 'Value not allowed',
      numeric: true,
      cell: (row) =>
        amount(row.not_allowed, required?.query ? lines(row.team, `tag.${required.key}`, required.query) : null),
    },
    { id: 'currency', header: 'Currency', cell: ({ currency }) => currency },
    { id: 'trend', header: '13 months', cell: (row) => <Sparkline values={history(row)} unit="month" /> },
  ];
}
