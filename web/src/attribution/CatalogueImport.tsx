import { useCatalogueImports } from '../api/queries';
import type * as schema from '../api/schema';
import { moment } from '../format/dates';
import { count } from '../format/format';
import { useAction } from '../jobs/follow';
import { Panel } from '../ui/States';

/** Where the catalogue is read from on its schedule, what the last run did, and reading it at once. */
export function CatalogueImport() {
  const found = useCatalogueImports().data;
  const action = useAction('POST', '/entities/sync');
  if (!found?.place) return null;
  return (
    <Panel
      title="Catalogue import"
      tools={
        <button type="button" className="button" disabled={action.busy || found.running} onClick={action.run}>
          Import now
        </button>
      }
    >
      <p>
        From <code>{found.place}</code>, every {count(found.interval_hours ?? 0)} h
        {found.next_run && `, next ${moment(found.next_run)}`}.
      </p>
      {found.ended_at && (
        <p className={found.state === 'failed' ? 'bad-text' : 'muted'}>
          {moment(found.ended_at)}: {said(found)}
        </p>
      )}
      <p role="status">{action.busy ? 'Reading the catalogue' : action.ended && !action.error ? 'Read' : ''}</p>
      {action.error && (
        <p role="alert" className="bad-text">
          {action.error.message}
        </p>
      )}
    </Panel>
  );
}

function said({ state, message, changes, version }: schema.CatalogueImports): string {
  if (state === 'failed') return `failed; what was known stays. ${message ?? ''}`;
  return changes === 0 ? 'nothing new' : `${count(changes)} changes, rules v${version ?? '–'}`;
}
