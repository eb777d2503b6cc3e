import type { SourceKind } from '../api/types';
import type { useDraft } from './draft';
import { FieldInput } from './FieldInput';
import type { Field } from './fields';
import { allHoles } from './fill';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** What is missing before the connection can be tried; empty when nothing is. */
export function missing(fields: readonly Field[], name: string, values: Readonly<Record<string, string>>): string[] {
  const names = fields.filter((field) => field.required && !values[field.name]?.trim()).map((field) => field.label);
  return NAME.test(name) ? names : ['Name', ...names];
}

interface Props {
  kind: SourceKind;
  fields: readonly Field[];
  at: ReturnType<typeof useDraft>;
}

/** The form of a kind, made from its schema: what is required, what signs in without a secret, and the rest closed. */
export function SettingsForm({ kind, fields, at }: Props) {
  const { draft } = at;
  const secrets = fields.filter((field) => field.kind === 'secret');
  const plain = fields.filter((field) => field.kind !== 'secret');
  const holes = allHoles(kind);
  const wanted = plain.filter((field) => field.required || holes.includes(field.name));
  const rest = plain.filter((field) => !wanted.includes(field));
  const bad = draft.name !== '' && !NAME.test(draft.name);
  const shown = (some: readonly Field[]) =>
    some.map((field) => (
      <FieldInput
        key={field.name}
        field={field}
        value={draft.values[field.name] ?? ''}
        source={draft.name}
        onChange={(value) => at.setValue(field.name, value)}
      />
    ));
  return (
    <div className="form">
      <div className="field">
        <label htmlFor="source-name">
          Name <span className="muted small">required</span>
        </label>
        <input
          id="source-name"
          className="input"
          value={draft.name}
          placeholder="payer"
          required
          aria-invalid={bad}
          aria-describedby="source-name-help"
          autoComplete="off"
          onChange={(event) => at.change({ name: event.target.value })}
        />
        <p id="source-name-help" className={bad ? 'bad-text small' : 'muted small'}>
          Its name in answers and addresses: letters, digits, dots, dashes.
        </p>
      </div>
      {shown(wanted)}
      {rest.length > 0 && (
        <details open={rest.some((field) => draft.values[field.name])}>
          <summary>More settings: sign-in without a secret, places, limits</summary>
          {shown(rest)}
        </details>
      )}
      {secrets.length > 0 && (
        <details open={secrets.some((field) => draft.values[field.name])}>
          <summary>Secrets, where nothing better is possible</summary>
          <p className="muted small">
            Best is none: give the identity of this machine the access, or a role it may take on. What you give here is
            kept encrypted and never shown again; giving it again replaces it.
          </p>
          {shown(secrets)}
        </details>
      )}
    </div>
  );
}
