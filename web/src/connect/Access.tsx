import type { SourceKind } from '../api/types';
import type { useDraft } from './draft';
import { FieldInput } from './FieldInput';
import type { Field } from './fields';
import { allHoles, isSetting } from './fill';
import { Texts } from './Texts';

type Drafting = ReturnType<typeof useDraft>;

/** The names a reader knows on the left, the texts that use them on the right. */
export function Access({ kind, fields, at }: { kind: SourceKind; fields: readonly Field[]; at: Drafting }) {
  const holes = allHoles(kind);
  return (
    <div className="connect-columns">
      <div className="form">
        <p className="muted">
          {holes.length > 0
            ? 'What you type is filled into the texts. Run them where you administer the account, then go on.'
            : 'Nothing has to be filled in.'}
        </p>
        {holes.map((hole) => {
          const field = fields.find((one) => one.name === hole);
          if (isSetting(hole) && field)
            return (
              <FieldInput
                key={hole}
                field={field}
                value={at.draft.values[hole] ?? ''}
                source={at.draft.name}
                onChange={(value) => at.setValue(hole, value)}
              />
            );
          return (
            <div key={hole} className="field">
              <label htmlFor={`for-${hole}`}>{spoken(hole)}</label>
              <input
                id={`for-${hole}`}
                className="input"
                value={at.draft.holes[hole] ?? ''}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => at.setHole(hole, event.target.value)}
              />
              <p className="muted small">Only for the texts; Outlay does not need it.</p>
            </div>
          );
        })}
      </div>
      <div>
        <Texts kind={kind} draft={at.draft} fields={fields} />
      </div>
    </div>
  );
}

function spoken(hole: string): string {
  const words = hole.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
