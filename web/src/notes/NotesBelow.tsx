import { openOverlay } from '../app/overlay';
import { count } from '../format/format';
import { Icon } from '../ui/Icon';
import type { Happening } from './happening';
import { NoteList } from './NoteList';

/** One line that says what the flags are and opens as their list; it has its height before they are known. */
export function NotesBelow({ found, last }: { found: readonly Happening[] | undefined; last: string }) {
  return (
    <div className="notes-below">
      {found && found.length > 0 ? (
        <details>
          <summary>
            <Icon name="flag" size={14} /> <span className="notes-said">{said(found)}</span>
          </summary>
          <NoteList found={found} />
        </details>
      ) : (
        <span className="muted">{found ? 'Nothing noted on these days' : '\u00a0'}</span>
      )}
      <NoteButton day={last} />
    </div>
  );
}

export function NoteButton({ day }: { day: string }) {
  return (
    <button
      type="button"
      className="button small quiet"
      onClick={() => openOverlay({ first: day, last: day, annotation: null })}
    >
      <Icon name="plus" size={14} /> Note
    </button>
  );
}

function said(found: readonly Happening[]): string {
  const newest = found.at(-1);
  return `${count(found.length)} noted: ${newest?.text ?? ''}${found.length > 1 ? ' …' : ''}`;
}
