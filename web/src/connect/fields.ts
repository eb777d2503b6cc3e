/** The settings of a kind of source, from their JSON Schema: what a form asks for, and in which order. */
import type { SourceKind } from '../api/types';

export interface Field {
  name: string;
  label: string;
  help: string;
  kind: 'text' | 'number' | 'list' | 'secret' | 'yes';
  required: boolean;
  initial: string;
}

interface Schema {
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  default?: unknown;
  anyOf?: Schema[];
}

/** Required ones first, then in the order of the kind. */
export function fieldsOf(kind: SourceKind): Field[] {
  const { properties = {}, required = [] } = kind.settings as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  const all = Object.entries(properties).map(([name, schema]) => fieldOf(name, schema, required.includes(name)));
  return [...all.filter((field) => field.required), ...all.filter((field) => !field.required)];
}

function fieldOf(name: string, schema: Schema, required: boolean): Field {
  const inner = schema.anyOf?.find((one) => one.type !== 'null') ?? schema;
  const words = name.replaceAll('_', ' ');
  return {
    name,
    label: words.charAt(0).toUpperCase() + words.slice(1),
    help: schema.description ?? '',
    kind: kindOf(inner),
    required,
    initial: typeof schema.default === 'string' || typeof schema.default === 'number' ? String(schema.default) : '',
  };
}

function kindOf(schema: Schema): Field['kind'] {
  if (schema.format === 'secret') return 'secret';
  if (schema.type === 'array') return 'list';
  if (schema.type === 'boolean') return 'yes';
  return schema.type === 'integer' || schema.type === 'number' ? 'number' : 'text';
}

/** What the server is sent: only what was given, lists by their lines. It reads the types itself. */
export function settingsOf(fields: readonly Field[], values: Readonly<Record<string, string>>) {
  const given = fields.flatMap((field): [string, unknown][] => {
    const text = (values[field.name] ?? '').trim();
    if (text === '') return [];
    return [[field.name, field.kind === 'list' ? text.split(/\s*[\n,]\s*/).filter(Boolean) : text]];
  });
  return Object.fromEntries(given);
}

/** Settings as they are kept, as texts of a form. */
export function valuesOf(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, Array.isArray(value) ? value.join('\n') : String(value)]),
  );
}
