import type { Load } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { money } from '../format/format';
import { useAction } from '../jobs/follow';
import { Icon } from '../ui/Icon';
import { loadName, stateOf } from './states';

const WAITS = ['held', 'quarantined', 'needs_attention'];

/** Loads that a person must decide about, each with its sentence and what can be done. */
export function Waiting({ loads }: { loads: readonly Load[] }) {
  const waiting = loads.filter((load) => WAITS.includes(load.state));
  return (
    <>
      {waiting.map((load) => (
        <Decision key={load.id} load={load} />
      ))}
    </>
  );
}

function Decision({ load }: { load: Load }) {
  const { to } = useAddress();
  const accept = useAction('POST', `/loads/${encodeURIComponent(load.id)}/accept`);
  const reject = useAction('POST', `/loads/${encodeURIComponent(load.id)}/reject`);
  const failed = accept.error ?? reject.error;
  return (
    <article className="decision" aria-label={loadName(load)}>
      <Icon name="warn" />
      <div>
        <p>
          <strong>
            {loadName(load)}: {stateOf(load.state).label}.
          </strong>{' '}
          {load.message ?? load.error?.detail}
        </p>
        <p className="muted">
          {load.action ?? load.error?.next_step}{' '}
          {load.totals.map((total) => `It holds ${money(total.billed_cost)} ${total.currency} billed.`)}
        </p>
        {failed && <p role="alert">{failed.message}</p>}
      </div>
      <div className="decision-tools">
        <Link path="/data" text={to({ view: { sel: load.id } })} className="button">
          Details
        </Link>
        {load.state === 'held' && (
          <>
            <button type="button" className="button" disabled={reject.busy} onClick={reject.run}>
              Reject
            </button>
            <button type="button" className="button primary" disabled={accept.busy} onClick={accept.run}>
              Accept
            </button>
          </>
        )}
      </div>
    </article>
  );
}
