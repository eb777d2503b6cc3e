/** Where the documents name a team: found in their text, by line, so that the reader can look it up. */

export interface Mention {
  file: string;
  line: number; // from 1
  text: string;
}

export interface Texts {
  org: string;
  rules: string;
  files: Record<string, string> | null;
}

export const ORG = 'org.yaml';
export const RULES = 'rules.yaml';
export const POOLS = 'pools.yaml';

export function filesOf(texts: Texts): [name: string, text: string][] {
  return [[ORG, texts.org], [RULES, texts.rules], ...Object.entries(texts.files ?? {})];
}

/** Lines that hold the team's key as a word of its own; what stands behind # names nothing. */
export function mentions(texts: Texts, team: string): Mention[] {
  if (team === '') return [];
  const word = new RegExp(`(^|[^\\w-])${team.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^\\w-])`);
  return filesOf(texts).flatMap(([file, text]) =>
    text.split('\n').flatMap((line, at) => {
      const said = file.endsWith('.csv') ? line : line.replace(/(^|\s)#.*$/, '');
      return word.test(said) ? [{ file, line: at + 1, text: line.trim() }] : [];
    }),
  );
}

/** Keys of the teams that the organisation lists, in its order. */
export function listed(org: string): string[] {
  const said = org.replace(/(^|\s)#.*$/gm, '$1');
  const keys = said.matchAll(/(?:^|[\s,{])key:\s*(?:"([^"]*)"|'([^']*)'|([^,}\s]+))/gm);
  return [...keys].flatMap((found) => found[1] ?? found[2] ?? found[3] ?? []);
}
