import { useAnswer } from '../api/queries';
import { halfOpen, known } from '../format/dates';
import type { CostQuery } from '../query/query';
import { Empty, Failure, Skeleton } from '../ui/States';
import { type Annotation, useAnnotations } from './ask';
import { plain } from './questions';

/** What people and pipelines said of the days of a page. */
export function Notes({ about, scope }: { about: CostQuery; scope: string }) {
  const days = known(useAnswer(plain(about)).data?.period);
  const notes = useAnnotations(days, scope);
  if (notes.error && !notes.data) return <Failure error={notes.error} what="The notes" retry={() => notes.refetch()} />;
  if (!notes.data) return <Skeleton lines={3} />;
  if (notes.data.length === 0)
    return (
      <Empty title="Nothing was noted on these days">
        Pipelines note deployments with POST /annotations; people and incidents do the same.
      </Empty>
    );
  return (
    <ul className="notes">
      {notes.data.map((note) => (
        <Note key={note.id} note={note} />
      ))}
    </ul>
  );
}

function Note({ note }: { note: Annotation }) {
  return (
    <li className={note.resolved_at ? 'is-resolved' : ''}>
      <span className="note-days">{halfOpen(note)}</span>
      <span className="badge">{note.kind}</span> {note.text}{' '}
      {note.link && (
        <a href={note.link} rel="noreferrer noopener" target="_blank">
          {new URL(note.link, location.href).host}
        </a>
      )}{' '}
      <span className="muted small">
        {note.owner}
        {note.resolved_at && ', resolved'}
      </span>
    </li>
  );
}
