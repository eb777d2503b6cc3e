import { useState } from 'react';
import { write } from '../api/client';
import { forgetAnswers, useSources } from '../api/queries';
import { count } from '../format/format';
import { Failure } from '../ui/States';
import { MONTHS, type useDraft } from './draft';

interface Props {
  kind: string;
  settings: Record<string, unknown>;
  lacking: readonly string[];
  at: ReturnType<typeof useDraft>;
}

/** How far back; then the source is kept and its first run begins, newest month first. */
export function ChooseMonths({ kind, settings, lacking, at }: Props) {
  const { draft } = at;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const taken = useSources().data?.sources.find((one) => one.source === draft.name);
  const place = `/sources/${encodeURIComponent(draft.name)}`;
  const months = MONTHS.find((one) => String(one) === draft.months) ?? 14;
  const begin = async () => {
    setBusy(true);
    setError(null);
    try {
      await write('PUT', place, { kind, settings, months });
      await write('POST', `${place}/sync`, {});
      await forgetAnswers();
      at.goTo('load');
    } catch (reason) {
      setError(reason as Error);
    }
    setBusy(false);
  };
  return (
    <div className="form">
      <fieldset className="months">
        <legend>History to load, the running month included</legend>
        {MONTHS.map((one) => (
          <label key={one} className="choice">
            <input
              type="radio"
              name="months"
              checked={String(one) === draft.months}
              onChange={() => at.change({ months: String(one) })}
            />{' '}
            {count(one)} months
          </label>
        ))}
      </fieldset>
      <p className="muted">
        The newest month comes first and can be looked at while the others load. Afterwards it is kept up to date by
        itself.
      </p>
      {taken && (
        <p className="warn-text">
          There is a source named {draft.name} already
          {taken.collector ? ': its settings are replaced by these.' : '. Give this one another name.'}
        </p>
      )}
      {error && <Failure error={error} what="The source" />}
      {lacking.length > 0 && <p className="warn-text">Still missing: {lacking.join(', ')}.</p>}
      <button type="button" className="button primary" disabled={busy || lacking.length > 0} onClick={begin}>
        {busy ? 'Connecting…' : `Connect ${draft.name || 'the source'} and load`}
      </button>
    </div>
  );
}
