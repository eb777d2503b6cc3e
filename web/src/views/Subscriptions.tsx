import { type FormEvent, useState } from 'react';
import { parseAddress, printAddress } from '../query/address';
import { isWritten, meanings } from '../query/narrowed';
import type { Subscription, View, Writer } from './ask';

const EVERY = ['day', 'week', 'month'];
const SHAPES = { mail: /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/, webhook: /^https:[^\s"<>\\]+$/ };
type Channel = keyof typeof SHAPES;

interface SubscriptionsProps {
  view: View;
  wished: readonly Subscription[]; // of this view
  writer: Writer;
  onEnd: () => void;
}

/** Who wishes to get a view regularly, and how; the wish is kept. */
export function Subscriptions({ view, wished, writer, onEnd }: SubscriptionsProps) {
  const [channel, setChannel] = useState<Channel>('mail');
  const [target, setTarget] = useState('');
  const [every, setEvery] = useState('week');
  const right = SHAPES[channel].test(target.trim());
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (
      right &&
      (await writer.send('POST', '/subscriptions', { view: view.id, channel, target: target.trim(), every }))
    )
      setTarget('');
  };
  return (
    <div className="subscriptions">
      <Still view={view} writer={writer} />
      <ul>
        {wished.map((one) => (
          <li key={one.id} className="view-line">
            <span className="view-name">
              Every {one.every} to {one.target}
            </span>
            <button
              type="button"
              className="button small quiet"
              aria-label={`Remove ${one.target}`}
              onClick={() => writer.send('DELETE', `/subscriptions/${encodeURIComponent(one.id)}`)}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <form className="view-form" onSubmit={add}>
        <label>
          By
          <select
            className="input"
            value={channel}
            onChange={(event) => setChannel(event.target.value === 'mail' ? 'mail' : 'webhook')}
          >
            <option value="mail">mail</option>
            <option value="webhook">webhook</option>
          </select>
        </label>
        <label>
          Every
          <select className="input" value={every} onChange={(event) => setEvery(event.target.value)}>
            {EVERY.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label className="view-name">
          {channel === 'mail' ? 'Mail address' : 'Address, by https'}
          <input
            className="input"
            value={target}
            autoComplete="off"
            maxLength={2000}
            onChange={(event) => setTarget(event.target.value)}
          />
        </label>
        <button type="submit" className="button small" disabled={!right}>
          Subscribe
        </button>
        <button type="button" className="button small quiet" onClick={onEnd}>
          Done
        </button>
      </form>
    </div>
  );
}

/** What is sent regularly of days that stand still is the same each time. */
function Still({ view, writer }: { view: View; writer: Writer }) {
  const address = parseAddress(view.query);
  if (!isWritten(address.query)) return null;
  const [word, days] = meanings(address.query);
  const { id, name, page, visibility, team, revision, mine } = view;
  const move = () => {
    const query = printAddress({ ...address.query, ...word.change }, address.view);
    return writer.send('PUT', `/views/${encodeURIComponent(id)}`, { name, page, query, visibility, team, revision });
  };
  return (
    <p className="muted">
      It is always of {(days ?? word).label}.{' '}
      {mine && days && (
        <button type="button" className="button small" onClick={move}>
          Make it: {word.label}
        </button>
      )}
    </p>
  );
}
