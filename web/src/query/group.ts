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

/** Unallocated (no owner found), untagged (no tag) and simply absent are three different things. */
export function missingLabel(dimension: string): string {
  if (['team', 'application', 'environment', 'cost_centre'].includes(dimension)) return 'Unallocated';
  return dimension.startsWith('tag.') ? 'Untagged' : 'None';
}
