import { Link } from '../app/Link';
import { daysAround } from '../explain/Explanation';
import { MoversTable } from '../explain/MoversTable';
import { CAUSE, EXPLAIN, explainQuery } from '../explain/questions';
import { StepChart } from '../explain/StepChart';
import { useExplained } from '../explain/useExplained';
import { halfOpen } from '../format/dates';
import { useHappenings } from '../notes/ask';
import { scopeText } from '../notes/scope';
import { type CostQuery, printQuery } from '../query/query';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';

const MOVERS = 6;

/** Why the team's cost changed: the waterfall by cause and what moved most, the rest a link away. */
export function Why({ about }: { about: CostQuery }) {
  const asked = explainQuery(about, { view: CAUSE, filter: null });
  const found = useExplained(asked);
  const happened = useHappenings(daysAround(found.data), scopeText(asked.where)).data;
  return (
    <Panel
      title="Why it changed"
      note={found.data && `${halfOpen(found.data.compare)} → ${halfOpen(found.data.period)}`}
      busy={found.isPlaceholderData}
      tools={
        <Link id="explain-change" path={EXPLAIN} text={printQuery(asked)} className="button quiet">
          Every part and mover
        </Link>
      }
    >
      {asked.compare === 'none' ? (
        <Empty title="Nothing to compare with">Choose above what these days are held against.</Empty>
      ) : found.error && !found.data ? (
        <Failure error={found.error} what="The explanation" retry={() => found.refetch()} />
      ) : !found.data ? (
        <Skeleton height={360} />
      ) : !found.data.known_before ? (
        <Empty title="Nothing to compare with">No data is loaded for {halfOpen(found.data.compare)}.</Empty>
      ) : found.data.currencies.length === 0 ? (
        <Empty title="Nothing to explain">There is no cost in either of the periods.</Empty>
      ) : (
        found.data.currencies.map((change) => (
          <div key={change.currency} className="stack">
            {change.quiet ? (
              <Empty title="Nothing above the noise floor" />
            ) : (
              <StepChart
                change={change}
                measure={found.data.measure.label}
                title={`Why it changed, in ${change.currency}`}
                view={CAUSE}
              />
            )}
            <p className="explain-text">{change.text}</p>
            {change.movers.length > 0 && (
              <MoversTable
                found={found.data}
                change={{ ...change, movers: change.movers.slice(0, MOVERS) }}
                view={CAUSE}
                query={asked}
                opens="lines"
                {...(happened && { happened })}
              />
            )}
          </div>
        ))
      )}
    </Panel>
  );
}
