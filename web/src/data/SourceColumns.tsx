import { useSourceFact } from '../api/queries';
import type { SchemaDrift } from '../api/types';
import { moment, monthName } from '../format/dates';
import { count } from '../format/format';
import { FileMenu } from '../table/ExportMenu';
import { Failure, Panel, Skeleton } from '../ui/States';

/** Columns that a delivery has and the one before it had not, with the day it came. */
export function SourceColumns({ source }: { source: string }) {
  const drift = useSourceFact<SchemaDrift>(source, 'schema');
  return (
    <Panel
      title="Columns"
      note="what appeared or vanished between deliveries"
      tools={<FileMenu of={`sources/${encodeURIComponent(source)}/schema`} text="" />}
    >
      {drift.error ? (
        <Failure error={drift.error} what="The columns" retry={() => drift.refetch()} />
      ) : !drift.data ? (
        <Skeleton lines={2} />
      ) : drift.data.changes.length === 0 ? (
        <p className="muted">Every delivery had the columns of the one before it.</p>
      ) : (
        <ul className="control">
          {drift.data.changes.map((change) => (
            <li key={`${change.period} ${change.generation}`}>
              <strong>{monthName(change.period)}</strong> <span className="muted">loaded {moment(change.at)}</span>
              {change.format && <span className="muted"> · {change.format}</span>}
              <Names title="Appeared" names={change.appeared} />
              <Names title="Vanished" names={change.vanished} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

const SHOWN = 12;

function Names({ title, names }: { title: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <p className="small">
      {title}: <code>{names.slice(0, SHOWN).join(', ')}</code>
      {names.length > SHOWN && ` and more, ${count(names.length)} in all`}
    </p>
  );
}
