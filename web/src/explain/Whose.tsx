import { useAnswer } from '../api/queries';
import { scopeQuery } from '../app/address';
import { halfOpen } from '../format/dates';
import { narrowed } from '../query/narrowed';
import { type CostQuery, printFilter } from '../query/query';
import { FileMenu } from '../table/ExportMenu';
import { Picker } from '../ui/Picker';
import { Failure, Skeleton } from '../ui/States';
import OwnerPaths from './OwnerPaths';
import { ownersView, pathsQuery, type Why } from './questions';
import { pathsText, usePaths } from './usePaths';
import { Views } from './Views';

interface WhoseProps {
  query: CostQuery; // of the page
  why: Why;
  dimension: string;
  onView: (view: string) => void;
}

/** Whose the cost of the page is, over the days that its figures are of. */
export default function Whose({ query, why, dimension, onView }: WhoseProps) {
  const compares = query.compare !== 'none';
  const whole = useAnswer(scopeQuery(query), compares);
  if (compares && whole.error && !whole.data)
    return <Failure error={whole.error} what="The days" retry={() => whole.refetch()} />;
  if (compares && !whole.data) return <Skeleton lines={10} />;
  const asked = pathsQuery(compares ? narrowed(query, whole.data) : query, why.filter);
  return (
    <div className="stack">
      <Head asked={asked} why={why} dimension={dimension} onView={onView} />
      <OwnerPaths query={asked} dimension={dimension} />
    </div>
  );
}

function Head({ asked, why, dimension, onView }: Omit<WhoseProps, 'query'> & { asked: CostQuery }) {
  const found = usePaths(asked, dimension).data;
  const choices = (found?.dimensions ?? []).map(({ name, label }) => ({ id: name, label }));
  return (
    <div className="explain-head">
      <p className="explain-spans">
        {found && <strong>{halfOpen(found.period)}</strong>}
        {why.filter && <span className="badge">{printFilter(why.filter)}</span>}
      </p>
      <div className="panel-tools">
        <Views view={why.view} onView={onView} />
        {choices.length > 0 && (
          <Picker
            label="Whose, by"
            value={dimension}
            choices={choices}
            shown={found?.dimension.label ?? dimension}
            onChange={(next) => onView(ownersView(next))}
          />
        )}
        <FileMenu of="costs/paths" text={pathsText(asked, dimension)} />
      </div>
    </div>
  );
}
