import { Link } from '../app/Link';
import { STEPS, type useDraft } from './draft';

/** Where the reader is on the way; every step is a link, and what was entered goes along. */
export function Steps({ at, path }: { at: ReturnType<typeof useDraft>; path: string }) {
  const here = STEPS.findIndex((one) => one.id === at.step);
  return (
    <nav aria-label="Steps">
      <ol className="steps">
        <li className="is-past">
          <Link path="/data/connect">Choose</Link>
        </li>
        {STEPS.map((one, index) => (
          <li key={one.id} className={index < here ? 'is-past' : index === here ? 'is-now' : ''}>
            <Link path={path} text={at.textOf(one.id)}>
              {one.label}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** To the next step, and back; what was entered stays. Enter in a field goes on as well: it stands in a form. */
export function Onward({ at, off = '' }: { at: ReturnType<typeof useDraft>; off?: string }) {
  const here = STEPS.findIndex((one) => one.id === at.step);
  const [before, next] = [STEPS[here - 1], STEPS[here + 1]];
  return (
    <div className="onward">
      {before && (
        <button type="button" className="button" onClick={() => at.goTo(before.id)}>
          Back
        </button>
      )}
      {next && at.step !== 'months' && (
        <button type="submit" className="button primary" disabled={off !== ''}>
          Next: {next.label.toLowerCase()}
        </button>
      )}
      {off && <span className="warn-text">{off}</span>}
    </div>
  );
}
