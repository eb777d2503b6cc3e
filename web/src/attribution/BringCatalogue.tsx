import { type ChangeEvent, useState } from 'react';
import type * as schema from '../api/schema';
import { useAction } from '../jobs/follow';

/** Files of a catalogue from the reader's own machine; the page has its entities when they are read. */
export function BringCatalogue() {
  const [order, setOrder] = useState<{ files: schema.CatalogueText[] }>({ files: [] });
  const [unread, setUnread] = useState('');
  const action = useAction('POST', '/entities/import', order);
  const choose = ({ target }: ChangeEvent<HTMLInputElement>) =>
    Promise.all([...(target.files ?? [])].map(async (file) => ({ name: file.name, text: await file.text() })))
      .then((files) => {
        setUnread('');
        setOrder({ files });
      })
      .catch(() => setUnread('The files could not be read. Choose them again.'));
  const failed = unread || action.error?.message;
  return (
    <>
      <label className="field">
        Backstage entities as YAML or JSON, or a table as CSV
        <input type="file" multiple accept=".yaml,.yml,.json,.csv" onChange={choose} />
      </label>
      <button
        type="button"
        className="button primary"
        disabled={action.busy || order.files.length === 0}
        onClick={action.run}
      >
        {action.busy ? 'Reading the catalogue' : 'Import'}
      </button>
      {failed && (
        <p role="alert" className="bad-text">
          {failed}
        </p>
      )}
    </>
  );
}
