// Types of the API's documents from its OpenAPI description: openapi.json -> src/api/schema.d.ts.
// Make the input with `python -m api.openapi > web/openapi.json`.
import { readFileSync, writeFileSync } from 'node:fs';

const INPUT = new URL('../openapi.json', import.meta.url);
const OUTPUT = new URL('../src/api/schema.d.ts', import.meta.url);

function typeOf(schema) {
  if (schema === undefined || schema === true) return 'unknown';
  if (schema.$ref) return named(schema.$ref.split('/').at(-1));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return [...new Set(parts.map(typeOf))].join(' | ');
  if (schema.type === 'array') return `${bracketed(typeOf(schema.items))}[]`;
  if (schema.type === 'object') return `Record<string, ${typeOf(schema.additionalProperties)}>`;
  return (
    { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }[schema.type] ??
    'unknown'
  );
}

const bracketed = (type) => (type.includes('|') ? `(${type})` : type);

/** A document that is asked for otherwise than it is given has two names, `Rules-Input` and `Rules-Output`. */
const named = (name) => name.replaceAll('-', '');

function declaration([given, schema]) {
  const name = named(given);
  if (!schema.properties) return `export type ${name} = ${typeOf(schema)};`;
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties).map(
    ([field, inner]) => `  ${field}${required.has(field) ? '' : '?'}: ${typeOf(inner)};`,
  );
  return `export interface ${name} {\n${fields.join('\n')}\n}`;
}

export function generate(text) {
  const schemas = Object.entries(JSON.parse(text).components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return `// Made from openapi.json by scripts/schema.mjs; a test compares. Do not edit.\n\n${schemas.map(declaration).join('\n\n')}\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(OUTPUT, generate(readFileSync(INPUT, 'utf8')));
