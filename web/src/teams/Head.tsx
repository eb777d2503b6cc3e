import { fits, useAnswer } from '../api/queries';
import { Called, useCalled, useTeamName } from '../app/Called';
import { Link } from '../app/Link';
import { WhoseLink } from '../explain/WhyLink';
import { Totals } from '../explore/Totals';
import { halfOpen } from '../format/dates';
import { shortened } from '../format/format';
import { nameOf, withValue } from '../query/group';
import type { CostQuery } from '../query/query';
import { Icon } from '../ui/Icon';
import { useTeams } from './ask';
import { teamPath } from './questions';
import { Reviewed, useTeamFacts } from './Reviewed';

const STEP_MOST = 24;

interface HeadProps {
  about: CostQuery;
  team: string;
  text: string; // what a step to another team takes along
}

/** Who it is, what these days cost it, and the teams before and after it. */
export function Head({ about, team, text }: HeadProps) {
  const total = useAnswer(about);
  const centres = useAnswer({ ...about, compare: 'none', by: ['cost_centre'] });
  const facts = useTeamFacts(team);
  const name = useCalled(total.data?.names)('team', team);
  const names = fits(centres.data, ['cost_centre'])
    ? [...new Set(centres.data.rows.filter((row) => row.cost_centre !== null).map((row) => nameOf(row, 'cost_centre')))]
    : [];
  return (
    <div className="explore-head">
      <div>
        <h2 className="resource-name" title={withValue(name, team)}>
          {name}
        </h2>
        {name !== team && <p className="muted digest">{team}</p>}
        <p className="muted">
          {facts?.parent && (
            <>
              in{' '}
              <Link path={teamPath(facts.parent)} text={text}>
                <Called value={facts.parent} />
              </Link>
              {' · '}
            </>
          )}
          {names.length > 0 ? `cost centre ${names.join(', ')} · ` : ''}
          {total.data ? halfOpen(total.data.period) : '\u00a0'}
          {total.data?.compare?.start && ` vs ${halfOpen(total.data.compare)}`}
        </p>
      </div>
      <div className="team-end">
        <Totals answer={total.data} measure={about.measures[0] ?? ''} />
        <WhoseLink />
        {facts && <Reviewed facts={facts} />}
        <Steps team={team} text={text} />
      </div>
    </div>
  );
}

function Steps({ team, text }: { team: string; text: string }) {
  const { teams } = useTeams();
  const name = useTeamName();
  const at = teams.indexOf(team);
  const before = at > 0 ? teams[at - 1] : undefined;
  const after = at >= 0 ? teams[at + 1] : undefined;
  return (
    <nav className="team-steps" aria-label="Teams">
      {before && (
        <Link path={teamPath(before)} text={text} className="button quiet" title={`Previous team: ${name(before)}`}>
          <Icon name="left" size={14} /> {shortened(name(before), STEP_MOST)}
        </Link>
      )}
      <Link path="/teams" text={text} className="button quiet">
        All teams
      </Link>
      {after && (
        <Link path={teamPath(after)} text={text} className="button quiet" title={`Next team: ${name(after)}`}>
          {shortened(name(after), STEP_MOST)} <Icon name="right" size={14} />
        </Link>
      )}
    </nav>
  );
}
