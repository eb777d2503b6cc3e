import { Link } from '../app/Link';
import type { Page } from '../app/pages';
import { GRADES, useKinds } from '../connect/kinds';
import { count } from '../format/format';
import { Failure, Panel, Skeleton } from '../ui/States';

export const page: Page = {
  path: '/data/connect',
  label: 'Connect a provider',
  icon: 'link',
  order: 91,
  key: '',
  scope: 'none',
  hidden: true,
};

/** The first step: what to connect. */
export default function Connect() {
  const kinds = useKinds();
  if (kinds.error) return <Failure error={kinds.error} what="What can be connected" retry={() => kinds.refetch()} />;
  if (!kinds.data) return <Skeleton lines={8} />;
  return (
    <Panel title="Choose what to connect" note="nothing is asked of anybody before you test it">
      <ul className="kinds">
        {kinds.data.kinds.map((kind) => (
          <li key={kind.kind}>
            <Link row path={`/data/connect/${kind.kind}`} className="kind">
              <strong>{kind.label}</strong>
              <span>{GRADES[kind.grade]}</span>
              <span className="muted small">
                normally {count(kind.normal_lag_hours)} h behind, looked at every {count(kind.interval_hours)} h
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <p className="muted">
        Only a file? <Link path="/data">Upload it</Link>; it needs no credentials.
      </p>
    </Panel>
  );
}
