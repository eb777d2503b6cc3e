import { useState } from 'react';
import { Link } from '../app/Link';
import { openOverlay } from '../app/overlay';
import { halfOpen, shift } from '../format/dates';
import { parseFilter, words } from '../query/query';
import { useWriter, type Writer } from '../views/ask';
import type { Annotation } from './ask';
import type { Happening } from './happening';

const READ_AGAIN = ['annotations'];

/** What happened, in words; one's own can be said otherwise, resolved and taken back. */
export function NoteList({ found }: { found: readonly Happening[] }) {
  const writer = useWriter(READ_AGAIN);
  return (
    <>
      <ul className="notes">
        {found.map((one) => (
          <li key={one.key} className={one.annotation?.resolved_at ? 'is-resolved' : ''}>
            <Said one={one} />
            {one.annotation && <Acts annotation={one.annotation} writer={writer} />}
          </li>
        ))}
      </ul>
      {writer.error && (
        <p role="alert" className="bad-text">
          {writer.error.message}
        </p>
      )}
    </>
  );
}

function Said({ one }: { one: Happening }) {
  const { annotation } = one;
  const scope = words(one.scope).flatMap(([, text]) => {
    const filter = parseFilter(text);
    return filter ? [`${filter.negated ? 'not ' : ''}${filter.values.map(({ text }) => text).join(', ')}`] : [];
  });
  return (
    <span>
      <span className="note-days">{halfOpen(one)}</span> <span className="badge">{one.kind}</span>{' '}
      {annotation ? (
        one.text
      ) : (
        <Link path="/attribution" text="tab=versions">
          {one.text}
        </Link>
      )}{' '}
      {annotation?.link && (
        <a href={annotation.link} rel="noreferrer noopener" target="_blank">
          {new URL(annotation.link, location.href).host}
        </a>
      )}{' '}
      <span className="muted small">
        {[...scope, annotation?.owner, annotation?.resolved_at && 'resolved'].filter(Boolean).join(', ')}
      </span>
    </span>
  );
}

function Acts({ annotation, writer }: { annotation: Annotation; writer: Writer }) {
  const [sure, setSure] = useState(false);
  if (!annotation.mine) return null;
  const own = `/annotations/${encodeURIComponent(annotation.id)}`;
  const resolved = annotation.resolved_at !== null;
  if (sure)
    return (
      <span className="note-acts">
        Take it back?
        <button type="button" className="button small danger" onClick={() => writer.send('DELETE', own)}>
          Take back
        </button>
        <button type="button" className="button small" onClick={() => setSure(false)}>
          Keep it
        </button>
      </span>
    );
  const { start, end } = annotation;
  return (
    <span className="note-acts">
      <button
        type="button"
        className="button small quiet"
        onClick={() => openOverlay({ first: start, last: shift(end, -1), annotation })}
      >
        Edit
      </button>
      <button
        type="button"
        className="button small quiet"
        onClick={() => writer.send('PATCH', own, { resolved: !resolved })}
      >
        {resolved ? 'Open again' : 'Resolve'}
      </button>
      <button type="button" className="button small quiet" onClick={() => setSure(true)}>
        Delete
      </button>
    </span>
  );
}
