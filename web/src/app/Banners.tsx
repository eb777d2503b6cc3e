import { useStatus } from '../api/queries';
import { useAction } from '../jobs/follow';
import { Icon } from '../ui/Icon';
import { Link } from './Link';

/** What a reader must know on every page: that this is a demo, that data is still arriving, that a load waits. */
export function Banners() {
  const status = useStatus().data;
  if (!status) return null;
  const waiting = status.held + status.quarantined;
  const troubled = status.needs_attention;
  if (!status.demo && waiting === 0 && troubled === 0) return null;
  return (
    <aside aria-label="Notices">
      {status.demo && <DemoBanner loading={status.demo_loading} />}
      {waiting > 0 && (
        <div className="banner warn">
          <Icon name="warn" size={16} /> {waiting === 1 ? 'One load waits' : `${waiting} loads wait`} for a decision.{' '}
          <Link path="/data">Look at the loads</Link>
        </div>
      )}
      {troubled > 0 && (
        <div className="banner warn">
          <Icon name="warn" size={16} /> {troubled === 1 ? 'One source needs' : `${troubled} sources need`} somebody.{' '}
          <Link path="/data">Look at the sources</Link>
        </div>
      )}
    </aside>
  );
}

function DemoBanner({ loading }: { loading: boolean }) {
  const remove = useAction('DELETE', '/demo');
  return (
    <div className="banner">
      <span>
        Demo data{loading ? ', older months are still loading' : ''} — <Link path="/data/connect">connect yours</Link>
      </span>
      <button type="button" className="button quiet small" disabled={remove.busy} onClick={remove.run}>
        <Icon name="trash" size={14} />
        {remove.busy ? 'Removing…' : 'Remove demo data'}
      </button>
      {remove.error && <span role="alert">{remove.error.message}</span>}
    </div>
  );
}
