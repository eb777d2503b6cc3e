import type { Here } from '../app/address';
import { useCalled } from '../app/Called';
import { useDimensionLabel } from '../app/Filters';
import { Link } from '../app/Link';
import type { Names } from '../query/group';
import { type Filter, printFilter } from '../query/query';
import { type TrailStep, trailOf } from './questions';

/** The way down to this slice, one value after the other; each step leads back to what was seen there. */
export function Trail({ here, names }: { here: Here; names: Names | undefined }) {
  const label = useDimensionLabel();
  const called = useCalled(names);
  const nameOf = ({ dimension, values: [value] }: Filter) => called(dimension, value?.marker ? null : value?.text);
  const steps = trailOf(here.query);
  const [first] = steps;
  if (!first) return null;
  const back = ({ before }: TrailStep) => here.to({ query: before, view: { tab: '', sel: '', why: '' } });
  return (
    <nav className="trail" aria-label="The way here">
      <ol>
        <li>
          <Link path="/explore" text={back(first)}>
            By {label(first.filter.dimension).toLowerCase()}
          </Link>
        </li>
        {steps.map(({ filter }, at) => {
          const next = steps[at + 1];
          return (
            <li key={printFilter(filter)}>
              {next ? (
                <Link path="/explore" text={back(next)}>
                  {nameOf(filter)}
                </Link>
              ) : (
                <span aria-current="page">{nameOf(filter)}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
