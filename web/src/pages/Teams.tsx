/** Every team with what it cost and how that changed; a row is its page. */

import { useStatus } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { Called } from '../app/Called';
import { Link } from '../app/Link';
import { NothingLoaded } from '../app/NothingLoaded';
import type { Page } from '../app/pages';
import { ProposalPanel } from '../home/Proposal';
import { narrowed } from '../query/narrowed';
import { printQuery } from '../query/query';
import { ExportMenu } from '../table/ExportMenu';
import { useRules, useTeams } from '../teams/ask';
import { listed } from '../teams/named';
import { grouped, TEAM, teamPath, teamText, UNALLOCATED } from '../teams/questions';
import { type Place, SliceTable } from '../teams/SliceTable';
import { useReview } from '../teams/useReview';
import { Empty, Panel } from '../ui/States';

export const page: Page = {
  path: '/teams',
  label: 'Teams',
  icon: 'teams',
  order: 20,
  key: 't',
  scope: 'full',
};

export default function Teams() {
  const query = useReview();
  const status = useStatus().data;
  if (status?.empty) return <NothingLoaded>There are no teams until there is cost.</NothingLoaded>;
  const asked = grouped({ ...query, grain: 'none', top: null, sort: [] }, TEAM);
  const text = teamText(query);
  const to = (row: Row, answer: Answer): Place => {
    if (row.team) return { path: teamPath(row.team), text: teamText(narrowed(query, answer)) };
    const slice = { ...narrowed(asked, answer), by: ['service'], where: [...asked.where, UNALLOCATED] };
    return { path: '/explore', text: printQuery(slice) };
  };
  return (
    <div className="stack">
      {status?.proposal_available && <ProposalPanel />}
      {status?.rules_version === 0 && !status.proposal_available && <NoRules />}
      <Panel title="Teams" tools={<ExportMenu query={asked} />}>
        <SliceTable asked={asked} caption="Teams" empty="No cost in these days" to={to} kept />
        <WithoutCost text={text} />
      </Panel>
    </div>
  );
}

function NoRules() {
  return (
    <Empty title="No rules yet" action={<Link path="/attribution">Write the first ones</Link>}>
      Whose cost it is, the rules say. Until there are any, everything is unallocated.
    </Empty>
  );
}

/** Teams that the organisation lists and no cost ever came to. */
function WithoutCost({ text }: { text: string }) {
  const { teams, pending } = useTeams();
  const rules = useRules().data;
  const without = pending || !rules ? [] : listed(rules.org).filter((key) => !teams.includes(key));
  if (without.length === 0) return null;
  return (
    <p className="table-note">
      Listed, and without any cost:{' '}
      {without.map((key, at) => (
        <span key={key}>
          {at > 0 && ', '}
          <Link path={teamPath(key)} text={text}>
            <Called value={key} />
          </Link>
        </span>
      ))}
    </p>
  );
}
