import { useState } from 'react';
import type * as schema from '../api/schema';
import type { Fault } from './ask';
import { ConditionField, TextsField } from './ConditionField';
import {
  type Answer,
  answerOf,
  type Condition,
  fieldAt,
  type Item,
  NEW_CHECK,
  oneOrMany,
  textsOf,
  withField,
} from './ruleItem';
import { ChoiceField, TeamField, TextField } from './VerbFields';

const ANSWERS: readonly { id: Answer; label: string }[] = [
  { id: 'value', label: 'Always the same' },
  { id: 'from', label: 'Read from columns' },
  { id: 'lookup', label: 'Looked up in a table' },
];

interface RuleFormProps {
  item: Item;
  dimension: string;
  override: boolean;
  entries: Readonly<Record<string, number>>; // field to line, where faults are told
  faults: readonly Fault[];
  read: schema.RulesRead;
  teams: readonly string[];
  tables: readonly string[];
  readOnly: boolean;
  onApply: (item: Item) => void;
  onCancel: () => void;
}

/** One rule as fields; applying it changes the text of the draft, and nothing else of the text. */
export function RuleForm(props: RuleFormProps) {
  const { dimension, override, entries, faults, read, readOnly, onApply, onCancel } = props;
  const [item, setItem] = useState(props.item);
  const set = (field: string, value: Item[string] | undefined) => setItem(withField(item, field, value));
  const text = (field: string) => textsOf(item[field])[0] ?? '';
  const wrong = (field: string) => faults.filter((fault) => fieldAt(entries, fault.line) === field);
  return (
    <form
      className="form rule-form"
      aria-label={`Rule ${text('id') || 'without an id'}`}
      onSubmit={(event) => {
        event.preventDefault();
        onApply(item);
      }}
    >
      <TextField label="Id" value={text('id')} onChange={(value) => set('id', value)} />
      <Wrong faults={wrong('id')} />
      {override ? (
        <OverrideFields item={item} columns={read.overridden} onChange={setItem} />
      ) : (
        <>
          {item.when ? (
            <ConditionField
              label="When"
              value={item.when as Condition}
              words={{ columns: read.columns, comparisons: read.comparisons }}
              onChange={(when) => set('when', when)}
              onRemove={() => set('when', undefined)}
            />
          ) : (
            <button type="button" className="button small" onClick={() => set('when', NEW_CHECK)}>
              Add a condition
            </button>
          )}
          <Wrong faults={wrong('when')} />
        </>
      )}
      <AnswerFields {...props} item={item} onChange={setItem} />
      <Wrong faults={[...wrong('value'), ...wrong('from'), ...wrong('lookup')]} />
      <TextField label="From day" type="date" value={text('valid_from')} onChange={(day) => set('valid_from', day)} />
      <Wrong faults={wrong('valid_from')} />
      <TextField
        label="Until day, not included"
        type="date"
        value={text('valid_to')}
        onChange={(day) => set('valid_to', day)}
      />
      <Wrong faults={wrong('valid_to')} />
      <TextField label="Note" value={text('note')} onChange={(note) => set('note', note)} />
      <Wrong faults={wrong('note')} />
      <div className="tools">
        <button type="submit" className="button primary" disabled={readOnly || !text('id')}>
          Put into the draft of {dimension}
        </button>
        <button type="button" className="button quiet" onClick={onCancel}>
          Close
        </button>
      </div>
    </form>
  );
}

function Wrong({ faults }: { faults: readonly Fault[] }) {
  if (faults.length === 0) return null;
  return (
    <p className="bad-text small" role="alert">
      {faults.map(({ problem, expected }) => `${problem}${expected ? `; expected ${expected}` : ''}`).join('. ')}
    </p>
  );
}

function AnswerFields({
  item,
  dimension,
  override,
  read,
  teams,
  tables,
  onChange,
}: RuleFormProps & { onChange: (item: Item) => void }) {
  const kind = answerOf(item);
  const value = textsOf(item.value)[0] ?? '';
  const put = (next: string) => onChange(withField(item, 'value', next));
  const lookup = (item.lookup ?? {}) as { [name: string]: string };
  const look = (name: string, text: string) => onChange({ ...item, lookup: { ...lookup, [name]: text } });
  return (
    <>
      {!override && (
        <label className="field">
          Answer
          <select
            className="input"
            value={kind}
            onChange={(event) => {
              const next = event.target.value as Answer;
              const { value: _v, from: _f, lookup: _l, ...others } = item;
              onChange({ ...others, [next]: next === 'lookup' ? { table: '', key: '', value: '' } : '' });
            }}
          >
            {ANSWERS.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === 'value' &&
        (dimension === 'team' ? (
          <TeamField label="Team" value={value} teams={teams} onChange={put} />
        ) : (
          <TextField label="Value" value={value} onChange={put} />
        ))}
      {kind === 'from' && (
        <div className="field">
          <span>Columns, the first with a value answers</span>
          <TextsField
            label="Column"
            column=""
            texts={textsOf(item.from)}
            onChange={(texts) => onChange({ ...item, from: oneOrMany(texts) })}
          />
          <span className="muted small">{read.columns.slice(0, 8).join(', ')}, tag.KEY, account_tag.KEY …</span>
        </div>
      )}
      {kind === 'lookup' && (
        <>
          <ChoiceField
            label="Table"
            value={lookup.table ?? ''}
            teams={tables}
            onChange={(name) => look('table', name)}
          />
          <TextField label="Column of keys" value={lookup.key ?? ''} onChange={(name) => look('key', name)} />
          <TextField label="Column of answers" value={lookup.value ?? ''} onChange={(name) => look('value', name)} />
        </>
      )}
    </>
  );
}

function OverrideFields({
  item,
  columns,
  onChange,
}: {
  item: Item;
  columns: readonly string[];
  onChange: (item: Item) => void;
}) {
  const named = columns.find((column) => column in item) ?? columns[0] ?? 'resource';
  const texts = textsOf(item[named]);
  return (
    <div className="field">
      <label className="field">
        Of
        <select
          className="input"
          value={named}
          onChange={(event) => {
            const { [named]: was, ...others } = item;
            onChange({ ...others, [event.target.value]: was ?? '' });
          }}
        >
          {columns.map((column) => (
            <option key={column} value={column}>
              {column.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      </label>
      <TextsField
        label={`The ${named.replaceAll('_', ' ')}`}
        column={named}
        texts={texts}
        onChange={(next) => onChange({ ...item, [named]: oneOrMany(next) })}
      />
    </div>
  );
}
