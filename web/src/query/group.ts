/**
 * A group of an answer, by its key: the text that a filter would write for its value. So `(none)` is no value, `(other)`
 * the rest of a top list, and a team that is called one of these is told from both by its backslash.
 */
import type { Row } from '../api/types';
import { literal, NONE, parseValue, printValue, type Value } from './escape';

export const NO_VALUE = '(none)';
export const REST = '(other)';

export function keyOf(value: string | null | undefined): string {
  return printValue(value === null || value === undefined ? NONE : literal(value));
}

export function groupOf(row: Row, dimension: string): string {
  return row.rest ? REST : keyOf(row[dimension]);
}

/** What a filter on the group asks for; the rest of a list cannot be asked for. */
export function wantedOf(key: string): Value | null {
  return key === REST ? null : parseValue(key);
}

/** The text of a value, for where a marker cannot stand. */
export function textOf(key: string): string | null {
  const value = wantedOf(key);
  return value === null || value.marker ? null : value.text;
}

export function groupLabel(key: string, dimension: string): string {
  if (key === NO_VALUE) return missingLabel(dimension);
  return key === REST ? 'Other' : textOf(key) || 'Empty text';
}

/** What a row is called: its own name where the answer has one. */
export function nameOf(row: Row, dimension: string): string {
  return row[`${dimension}_label`] ?? groupLabel(groupOf(row, dimension), dimension);
}

/** The same with the value behind it, where that is not what is shown: for titles, and to be found by. */
export function fullName(row: Row, dimension: string): string {
  const name = nameOf(row, dimension);
  return row[`${dimension}_label`] ? withValue(name, row[dimension]) : name;
}

export function withValue(name: string, value: string | null | undefined): string {
  if (name === '') return value ?? '';
  return !value || name === value || name.endsWith(` (${value})`) ? name : `${name} (${value})`;
}

/** Dimension to value to what people call it. */
export type Names = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a value is called, by the first of several lists that has it. */
export function called(dimension: string, value: string, ...lists: (Names | undefined)[]): string {
  for (const names of lists) {
    const own = names && Object.hasOwn(names, dimension) ? names[dimension] : undefined;
    if (own && Object.hasOwn(own, value)) return own[value] ?? value;
  }
  return value;
}

/** Unallocated (no owner found), untagged (no tag) and simply absent are three different things. */
export function missingLabel(dimension: string): string {
  if (['team', 'application', 'environment', 'cost_centre'].includes(dimension)) return 'Unallocated';
  return dimension.startsWith('tag.') ? 'Untagged' : 'None';
}
