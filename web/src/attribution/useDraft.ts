import { useState } from 'react';
import type { Rules } from '../teams/ask';
import { ORG, POOLS, RULES, type Texts } from '../teams/named';

export interface Draft {
  texts: Texts;
  base: number; // the version it began from
  changed: boolean;
  put: (file: string, text: string) => void;
  take: (texts: Texts) => void; // texts that something else drafted
  rebase: (version: number) => void;
  reset: () => void;
}

export function same(a: Texts, b: Texts): boolean {
  return a.org === b.org && a.rules === b.rules && JSON.stringify(a.files ?? {}) === JSON.stringify(b.files ?? {});
}

export function withFile(texts: Texts, file: string, text: string): Texts {
  if (file === ORG) return { ...texts, org: text };
  if (file === RULES) return { ...texts, rules: text };
  const { [file]: _, ...others } = texts.files ?? {};
  if (file === POOLS && text.trim() === '') return { ...texts, files: others }; // no pools are no document
  return { ...texts, files: { ...texts.files, [file]: text } };
}

export function textsOf({ org, rules, files }: Texts): Texts {
  return { org, rules, files };
}

/** Texts that are being written; until somebody writes, they are the ones in force. */
export function useDraft(live: Rules): Draft {
  const [own, setOwn] = useState<{ texts: Texts; base: number } | null>(null);
  const texts = own?.texts ?? textsOf(live);
  const base = own?.base ?? live.version;
  return {
    texts,
    base,
    changed: own !== null && !same(own.texts, live),
    put: (file, text) => setOwn({ texts: withFile(texts, file, text), base }),
    take: (next) => setOwn({ texts: textsOf(next), base: live.version }),
    rebase: (version) => setOwn({ texts, base: version }),
    reset: () => setOwn(null),
  };
}
