import { useId, useState } from 'react';
import { useCatalogue, useValues } from '../api/queries';
import { DEFAULTS } from '../query/query';
import {
  asKind,
  type Condition,
  comparisonOf,
  KINDS,
  type Kind,
  kindOf,
  NEW_CHECK,
  partsOf,
  textsOf,
  withParts,
  withTexts,
} from './ruleItem';

export interface RuleWords {
  columns: readonly string[];
  comparisons: readonly string[];
}

interface ConditionFieldProps {
  label: string;
  value: Condition;
  words: RuleWords;
  onChange: (value: Condition) => void;
  onRemove?: () => void;
}

/** A condition as nested boxes: groups of conditions, or one column compared. */
export function ConditionField({ label, value, words, onChange, onRemove }: ConditionFieldProps) {
  const kind = kindOf(value);
  const parts = partsOf(value);
  const put = (at: number, part: Condition) =>
    onChange(
      withParts(
        value,
        parts.map((one, place) => (place === at ? part : one)),
      ),
    );
  return (
    <fieldset className="condition">
      <legend>{label}</legend>
      <div className="condition-line">
        <select
          className="input"
          aria-label={`${label}: kind`}
          value={kind}
          onChange={(event) => onChange(asKind(value, event.target.value as Kind))}
        >
          {KINDS.map(({ id, label: name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        {kind === 'check' && <Check label={label} value={value} words={words} onChange={onChange} />}
        {onRemove && (
          <button type="button" className="button small quiet" aria-label={`Remove ${label}`} onClick={onRemove}>
            Remove
          </button>
        )}
      </div>
      {parts.map((part, at) => (
        <ConditionField
          // biome-ignore lint/suspicious/noArrayIndexKey: parts are told apart by where they stand
          key={at}
          label={kind === 'not' ? `${label}, not` : `${label}.${at + 1}`}
          value={part}
          words={words}
          onChange={(next) => put(at, next)}
          {...(kind !== 'not' &&
            parts.length > 1 && {
              onRemove: () =>
                onChange(
                  withParts(
                    value,
                    parts.filter((_, place) => place !== at),
                  ),
                ),
            })}
        />
      ))}
      {(kind === 'all' || kind === 'any') && (
        <button
          type="button"
          className="button small"
          onClick={() => onChange(withParts(value, [...parts, NEW_CHECK]))}
        >
          Add to {label}
        </button>
      )}
    </fieldset>
  );
}

function Check({ label, value, words, onChange }: Omit<ConditionFieldProps, 'onRemove'>) {
  const list = useId();
  const column = String(value.column ?? '');
  const comparison = comparisonOf(value);
  const texts = textsOf(value[comparison]);
  return (
    <>
      <input
        className="input"
        aria-label={`${label}: column`}
        list={list}
        value={column}
        placeholder="column or tag.KEY"
        autoComplete="off"
        onChange={(event) => onChange({ ...value, column: event.target.value })}
      />
      <datalist id={list}>
        {words.columns.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <select
        className="input"
        aria-label={`${label}: comparison`}
        value={comparison}
        onChange={({ target }) =>
          onChange(withTexts(value, target.value, target.value === 'missing' ? ['true'] : texts))
        }
      >
        {words.comparisons.map((word) => (
          <option key={word}>{word}</option>
        ))}
      </select>
      {comparison === 'missing' ? (
        <select
          className="input"
          aria-label={`${label}: missing`}
          value={texts[0] ?? 'true'}
          onChange={(event) => onChange(withTexts(value, comparison, [event.target.value]))}
        >
          <option value="true">it is missing</option>
          <option value="false">it is there</option>
        </select>
      ) : (
        <TextsField
          label={`${label}: value`}
          column={column}
          texts={texts}
          onChange={(next) => onChange(withTexts(value, comparison, next))}
        />
      )}
    </>
  );
}

interface TextsFieldProps {
  label: string;
  column: string; // whose values are looked for
  texts: readonly string[];
  onChange: (texts: string[]) => void;
}

/** One text or several: a free field stands behind the last. */
export function TextsField({ label, column, texts, onChange }: TextsFieldProps) {
  const [sought, setSought] = useState<string | null>(null);
  const list = useId();
  const known = useCatalogue().data?.dimensions.some(({ name }) => name === column) || /^tag\../.test(column);
  const query = { ...DEFAULTS, period: 'last_12_months' };
  const found = useValues(column, sought ?? '', query, sought !== null && known, 20);
  const rows = [...texts.filter((text) => text !== ''), ''];
  return (
    <span className="texts">
      {rows.map((text, at) => (
        <input
          // biome-ignore lint/suspicious/noArrayIndexKey: texts are told apart by where they stand
          key={at}
          className="input"
          aria-label={at === 0 ? label : `${label} ${at + 1}`}
          list={list}
          value={text}
          placeholder={at === 0 ? '' : 'or'}
          autoComplete="off"
          onFocus={() => setSought(text)}
          onChange={(event) => {
            setSought(event.target.value);
            onChange(rows.map((one, place) => (place === at ? event.target.value : one)).filter((one) => one !== ''));
          }}
        />
      ))}
      <datalist id={list}>
        {(found.data?.values ?? []).map(({ value, label: name }) =>
          value ? (
            <option key={value} value={value}>
              {name ?? undefined}
            </option>
          ) : null,
        )}
      </datalist>
    </span>
  );
}
