import { useDimensionLabel } from '../app/Filters';
import { Segments } from '../ui/Segments';
import { CAUSE, OWNERS, ownedBy } from './questions';

/** What is explained: the change by cause or by a group, or whose the cost is. */
export function Views({ view, onView }: { view: string; onView: (view: string) => void }) {
  const label = useDimensionLabel();
  const owned = ownedBy(view) !== null;
  const own = [...new Set(['service', 'team', ...(view === CAUSE || owned ? [] : [view])])];
  const choices = [
    { id: CAUSE, label: 'By cause' },
    ...own.map((id) => ({ id, label: `By ${label(id).toLowerCase()}` })),
    { id: OWNERS, label: 'Whose it is' },
  ];
  return <Segments label="Parts" value={owned ? OWNERS : view} choices={choices} onChange={onView} />;
}
