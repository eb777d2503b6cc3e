import type { Issue } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { ACTORS } from './states';

/** What is wrong, who must act, and what to do; a line each. */
export function IssueList({ issues }: { issues: readonly Issue[] }) {
  const { to } = useAddress();
  if (issues.length === 0) return <span className="muted">Nothing is wrong.</span>;
  return (
    <ul className="issues">
      {issues.map((issue) => (
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
    </ul>
  );
}
