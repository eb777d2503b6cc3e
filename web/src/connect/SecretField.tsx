import { useState } from 'react';
import { write } from '../api/client';
import { isReference } from './draft';
import type { Field } from './fields';

const PLACES = [
  { id: 'none', label: 'Not needed', hint: '' },
  { id: 'stored', label: 'Give it to Outlay', hint: '' },
  { id: 'env', label: 'Environment variable', hint: 'NAME' },
  { id: 'file', label: 'File on the server', hint: '/run/secrets/key' },
  { id: 'vault', label: 'Vault', hint: 'mount/path#field' },
];

interface Props {
  field: Field;
  value: string; // a reference, or nothing
  source: string;
  onChange: (reference: string) => void;
}

/** Where a secret is kept. One that is typed here is sent once, kept encrypted, and never shown again. */
export function SecretField({ field, value, source, onChange }: Props) {
  const [kept = '', place = ''] = isReference(value) ? split(value) : [];
  const [chosen, setChosen] = useState(kept || 'none');
  const id = `set-${field.name}`;
  const choose = (next: string) => {
    setChosen(next);
    if (next !== kept) onChange('');
  };
  const hint = PLACES.find((one) => one.id === chosen)?.hint;
  return (
    <div className="field">
      <label htmlFor={id}>{field.label}</label>
      <span className="secret-line">
        <select id={id} className="input" value={chosen} onChange={(event) => choose(event.target.value)}>
          {PLACES.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
        </select>
        {chosen === 'stored' && (
          <Give name={`${source || 'source'}.${field.name}`} label={field.label} value={value} onGiven={onChange} />
        )}
        {hint && (
          <input
            className="input"
            aria-label={`${field.label}: where it is`}
            placeholder={hint}
            value={kept === chosen ? place : ''}
            autoComplete="off"
            onChange={(event) => onChange(event.target.value ? `${chosen}:${event.target.value}` : '')}
          />
        )}
      </span>
      <p className="muted small">{field.help}</p>
    </div>
  );
}

function split(reference: string): [string, string] {
  const at = reference.indexOf(':');
  return [reference.slice(0, at), reference.slice(at + 1)];
}

interface GiveProps {
  name: string;
  label: string;
  value: string;
  onGiven: (reference: string) => void;
}

function Give({ name, label, value, onGiven }: GiveProps) {
  const [secret, setSecret] = useState('');
  const [error, setError] = useState('');
  const keep = () =>
    write<{ reference: string }>('PUT', `/secrets/${encodeURIComponent(name)}`, { value: secret }).then(
      (given) => {
        setSecret('');
        setError('');
        onGiven(given.reference);
      },
      (reason: Error) => setError(reason.message),
    );
  return (
    <>
      <input
        type="password"
        className="input"
        aria-label={`${label}: the secret itself`}
        value={secret}
        autoComplete="new-password"
        onChange={(event) => setSecret(event.target.value)}
      />
      <button type="button" className="button" disabled={secret === ''} onClick={keep}>
        {value ? 'Replace it' : 'Keep it'}
      </button>
      <span role="status" className="small">
        {value && <>✓ kept as {value}</>}
      </span>
      {error && (
        <span role="alert" className="bad-text small">
          {error}
        </span>
      )}
    </>
  );
}
