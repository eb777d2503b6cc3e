import type { Field } from './fields';
import { SecretField } from './SecretField';

interface Props {
  field: Field;
  value: string;
  source: string; // its name: stored secrets are named after it
  onChange: (value: string) => void;
}

/** One setting: a line, a list by lines, a switch, or a reference to a secret. */
export function FieldInput({ field, value, source, onChange }: Props) {
  const id = `set-${field.name}`;
  if (field.kind === 'secret') return <SecretField field={field} value={value} source={source} onChange={onChange} />;
  const common = {
    id,
    className: 'input',
    value,
    required: field.required,
    'aria-describedby': `${id}-help`,
    placeholder: field.initial,
    autoComplete: 'off',
    spellCheck: false,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  return (
    <div className="field">
      <label htmlFor={id}>
        {field.label} {field.required && <span className="muted small">required</span>}
      </label>
      {field.kind === 'list' ? (
        <textarea rows={2} {...common} />
      ) : field.kind === 'yes' ? (
        <select {...common}>
          <option value="">as usual</option>
          <option value="true">yes</option>
          <option value="false">no</option>
        </select>
      ) : (
        <input type="text" inputMode={field.kind === 'number' ? 'numeric' : 'text'} {...common} />
      )}
      <p id={`${id}-help`} className="muted small">
        {field.help}
        {field.kind === 'list' && ' One a line.'}
      </p>
    </div>
  );
}
