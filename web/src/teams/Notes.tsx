import { useAnswer } from '../api/queries';
import { known, shift } from '../format/dates';
import { useHappenings } from '../notes/ask';
import { NoteList } from '../notes/NoteList';
import { NoteButton } from '../notes/NotesBelow';
import { scopeText } from '../notes/scope';
import type { CostQuery } from '../query/query';
import { Empty, Failure, Skeleton } from '../ui/States';
import { plain } from './questions';

/** What people and pipelines said of the days of a page, and the versions of the rules. */
export function Notes({ about }: { about: CostQuery }) {
  const days = known(useAnswer(plain(about)).data?.period);
  const found = useHappenings(days, scopeText(about.where));
  if (found.error && !found.data) return <Failure error={found.error} what="The notes" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={3} />;
  return (
    <>
      {found.data.length === 0 ? (
        <Empty title="Nothing was noted on these days">
          Pipelines note deployments with POST /annotations; people press n.
        </Empty>
      ) : (
        <NoteList found={found.data} />
      )}
      <NoteButton day={days ? shift(days.end, -1) : ''} />
    </>
  );
}
