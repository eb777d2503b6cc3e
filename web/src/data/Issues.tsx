import type { Issue } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { ACTORS } from './states';

/** What is wrong, who must act, and what to do; a line each. */
export function IssueList({ issues, short = false }: { issues: readonly Issue[]; short?: boolean }) {
  const { to } = useAddress();
  if (issues.length === 0) return <span className="muted">{short ? '–' : 'Nothing is wrong.'}</span>;
  return (
    <ul className="issues">
      {(short ? issues.slice(0, 2) : issues).map((issue) => (
        <li key={`${issue.message} ${issue.load}`}>
          <span className={issue.actor === 'nobody' ? '' : 'warn-text'}>{issue.message}</span>{' '}
          <span className="muted small">
            Who acts: {ACTORS[issue.actor]}. {issue.next_step}{' '}
            {issue.load && (
              <Link path="/data" text={to({ view: { sel: issue.load } })}>
                Open the load
              </Link>
            )}
          </span>
        </li>
      ))}
      {short && issues.length > 2 && <li className="muted small">and more</li>}
    </ul>
  );
}
