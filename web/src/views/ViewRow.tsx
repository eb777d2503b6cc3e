import { useState } from 'react';
import { Link } from '../app/Link';
import { count } from '../format/format';
import { Icon } from '../ui/Icon';
import type { Subscription, View, Writer } from './ask';
import { Subscriptions } from './Subscriptions';

interface ViewRowProps {
  view: View;
  start: boolean;
  wished: readonly Subscription[];
  writer: Writer;
  onOpen: () => void;
}

type Doing = 'rename' | 'delete' | 'subscribe' | null;

/** One view: a link, its star, and what its owner may do with it. */
export function ViewRow({ view, start, wished, writer, onOpen }: ViewRowProps) {
  const [doing, setDoing] = useState<Doing>(null);
  const own = `/views/${encodeURIComponent(view.id)}`;
  return (
    <li className="view">
      <div className="view-line">
        <button
          type="button"
          className="button quiet icon-only"
          aria-pressed={view.starred}
          aria-label={`Star ${view.name}`}
          onClick={() => writer.send('PUT', `${own}/star`, { starred: !view.starred })}
        >
          <Icon name="star" size={16} />
        </button>
        <Link path={view.page} text={view.query} className="view-name" onClick={onOpen}>
          {view.name}
        </Link>
        {start && <span className="badge">start</span>}
        {view.visibility !== 'me' && <span className="badge">{view.mine ? 'shared' : view.owner}</span>}
      </div>
      {doing === 'rename' ? (
        <Rename view={view} writer={writer} own={own} onEnd={() => setDoing(null)} />
      ) : doing === 'delete' ? (
        <div className="view-acts">
          <span>Delete {view.name}?</span>
          <button type="button" className="button small danger" onClick={() => writer.send('DELETE', own)}>
            Delete
          </button>
          <button type="button" className="button small" onClick={() => setDoing(null)}>
            Keep it
          </button>
        </div>
      ) : doing === 'subscribe' ? (
        <Subscriptions view={view} wished={wished} writer={writer} onEnd={() => setDoing(null)} />
      ) : (
        <div className="view-acts">
          <button type="button" className="button small quiet" onClick={() => setDoing('subscribe')}>
            {wished.length > 0 ? `Subscribed (${count(wished.length)})` : 'Subscribe'}
          </button>
          <button
            type="button"
            className="button small quiet"
            onClick={() => writer.send('PATCH', '/preferences', { start_view: start ? null : view.id })}
          >
            {start ? 'No start page' : 'Start with it'}
          </button>
          {view.mine && (
            <>
              <button type="button" className="button small quiet" onClick={() => setDoing('rename')}>
                Rename
              </button>
              <button type="button" className="button small quiet" onClick={() => setDoing('delete')}>
                Delete
              </button>
            </>
          )}
        </div>
      )}
    </li>
  );
}

function Rename({ view, writer, own, onEnd }: { view: View; writer: Writer; own: string; onEnd: () => void }) {
  const [name, setName] = useState(view.name);
  const { page, query, visibility, team, revision } = view;
  return (
    <form
      className="view-acts"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await writer.send('PUT', own, { name, page, query, visibility, team, revision })) onEnd();
      }}
    >
      <input
        className="input"
        aria-label={`New name of ${view.name}`}
        value={name}
        maxLength={80}
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button small" disabled={!name.trim()}>
        Rename
      </button>
      <button type="button" className="button small quiet" onClick={onEnd}>
        Cancel
      </button>
    </form>
  );
}
