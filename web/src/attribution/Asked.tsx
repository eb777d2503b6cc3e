import { useState } from 'react';
import { BASE } from '../api/client';
import type * as schema from '../api/schema';

/** A link that opens exactly the groups, with a text to send. */
export function Asked({ asked }: { asked: schema.InboxAsked }) {
  const [copied, setCopied] = useState(false);
  const link = `${location.origin}${BASE}${asked.path.replace(/^\//, '')}`;
  const message = `${asked.text}\n${link}`;
  return (
    <div className="field">
      <label htmlFor="asked">To send</label>
      <textarea id="asked" className="input" rows={5} readOnly value={message} />
      <button
        type="button"
        className="button"
        onClick={() => navigator.clipboard.writeText(message).then(() => setCopied(true))}
      >
        Copy
      </button>
      <p role="status">{copied ? 'Copied.' : ''}</p>
    </div>
  );
}
