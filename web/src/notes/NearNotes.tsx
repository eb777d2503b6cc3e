import type { Days } from '../format/dates';
import type { Filter } from '../query/query';
import { Skeleton } from '../ui/States';
import { useHappenings } from './ask';
import { NEAR_DAYS } from './happening';
import { NoteList } from './NoteList';
import { scopeText } from './scope';

/** What happened within two days of something, to cost that may be its own. */
export function NearNotes({ days, where }: { days: Days; where: readonly Filter[] }) {
  const found = useHappenings(days, scopeText(where));
  if (found.error && !found.data) return <p className="muted">Notes cannot be read now: {found.error.message}</p>;
  if (!found.data) return <Skeleton lines={1} />;
  if (found.data.length === 0) return <p className="muted">Nothing was noted within {NEAR_DAYS} days.</p>;
  return <NoteList found={found.data} />;
}
