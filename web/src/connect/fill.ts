/** Texts that give access, with what was typed filled in. `${name}` is a setting, in capitals what only a person knows. */
import type { SourceKind } from '../api/types';
import type { Draft } from './draft';
import type { Field } from './fields';

export interface Piece {
  text: string;
  hole: boolean; // still to be filled
}

const HOLE = /\$\{(\w+)\}(\/?)/g;

export function holesOf(template: string): string[] {
  return [...new Set([...template.matchAll(HOLE)].map((found) => found[1] ?? ''))];
}

export function isSetting(hole: string): boolean {
  return hole !== hole.toUpperCase();
}

/** Every hole of every text of a kind, settings first. */
export function allHoles(kind: SourceKind): string[] {
  const found = [...new Set(kind.permissions.flatMap((one) => holesOf(one.template)))];
  return [...found.filter(isSetting), ...found.filter((hole) => !isSetting(hole))];
}

export function filled(template: string, draft: Draft, fields: readonly Field[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of template.matchAll(HOLE)) {
    const [whole, hole = '', slash = ''] = found;
    pieces.push({ text: template.slice(at, found.index), hole: false }, ...inPlaceOf(hole, slash, draft, fields));
    at = found.index + whole.length;
  }
  pieces.push({ text: template.slice(at), hole: false });
  return pieces.filter((piece) => piece.text !== '');
}

function inPlaceOf(hole: string, slash: string, draft: Draft, fields: readonly Field[]): Piece[] {
  const given = ((isSetting(hole) ? draft.values : draft.holes)[hole] ?? '').trim().split('\n')[0] ?? '';
  if (given) return [{ text: slash && given.endsWith('/') ? given : given + slash, hole: false }];
  const field = fields.find((one) => one.name === hole);
  // A folder that may be empty takes its slash along: "bucket//*" would name nothing.
  if (slash && field && !field.required && field.kind === 'text') return [{ text: '', hole: false }];
  return [
    { text: hole.toUpperCase(), hole: true },
    { text: slash, hole: false },
  ];
}

export function plain(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.text).join('');
}
