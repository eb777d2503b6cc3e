import { useAnswer } from '../api/queries';
import { Link } from '../app/Link';
import { halfOpen } from '../format/dates';
import { percent } from '../format/format';
import { lastWeek, monthSoFar, RUNNING } from '../home/questions';
import { MoneyTile, sentence } from '../home/Tiles';
import { useMonth } from '../home/useMonth';
import type { CostQuery } from '../query/query';
import { environments, isProduction, linesText, plain } from './questions';

/** Last week and the month so far against the same days before, and what is not production. */
export function TeamTiles({ about }: { about: CostQuery }) {
  const shown = useMonth(about, true) ?? RUNNING;
  const measure = about.measures[0] ?? 'effective_cost';
  const month = useAnswer(monthSoFar(about, shown));
  const week = useAnswer(lastWeek(about), shown.running);
  return (
    <div className="tiles">
      {shown.running && (
        <MoneyTile
          title="Last week"
          answer={week.data}
          failed={week.error}
          measure={measure}
          text={linesText(lastWeek(about), [], 'service')}
        />
      )}
      <MoneyTile
        title={sentence(shown.label)}
        answer={month.data}
        failed={month.error}
        measure={measure}
        text={linesText(monthSoFar(about, shown), [], 'service')}
      />
      <NotProduction about={about} />
    </div>
  );
}

/** The share of all environments beside the one that is production, where that is the dearest of them. */
function NotProduction({ about }: { about: CostQuery }) {
  const asked = environments(about);
  const answer = useAnswer(asked).data;
  const rows = answer?.rows ?? [];
  const production = rows.some((row) => !row.rest && isProduction(row.environment));
  const rest = rows.filter((row) => row.rest);
  return (
    <Link path="/explore" text={linesText(plain(about), [], 'environment')} className="tile">
      <span className="tile-title">Not production</span>
      <span className="tile-figure">
        {!answer
          ? '\u00a0'
          : production && rest.length > 0
            ? rest.map((row) => percent(row.share)).join(' · ')
            : production
              ? 'None'
              : '–'}
      </span>
      <span className="tile-note">
        {answer && (production ? halfOpen(answer.period) : 'production is not the dearest environment, or has no name')}
      </span>
    </Link>
  );
}
