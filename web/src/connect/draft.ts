/** What was entered so far, as words of the address: Back, reload and a sent link restore it. Never a secret itself. */
import { useMemo } from 'react';
import { useAddress } from '../app/address';

export interface Draft {
  name: string;
  months: string;
  values: Record<string, string>; // settings by name
  holes: Record<string, string>; // what only a person knows, for the texts
}

export const STEPS = [
  { id: 'access', label: 'Create access' },
  { id: 'settings', label: 'Enter settings' },
  { id: 'test', label: 'Test connection' },
  { id: 'months', label: 'Choose months' },
  { id: 'load', label: 'Watch the load' },
] as const;
export type Step = (typeof STEPS)[number]['id'];
export const MONTHS = [3, 6, 14, 25, 37] as const;
const USUAL_MONTHS = '14';

const REFERENCE = /^(env|file|vault|stored):/;

export function parseDraft(text: string): Draft {
  const draft: Draft = { name: '', months: USUAL_MONTHS, values: {}, holes: {} };
  for (const [word, value] of new URLSearchParams(text)) {
    if (word === 'name' || word === 'months') draft[word] = value;
    else if (word.startsWith('set.')) draft.values[word.slice(4)] = value;
    else if (word.startsWith('for.')) draft.holes[word.slice(4)] = value;
  }
  return draft;
}

export function printDraft(draft: Draft): string {
  const words = new URLSearchParams();
  if (draft.name) words.set('name', draft.name);
  if (draft.months !== USUAL_MONTHS) words.set('months', draft.months);
  for (const [name, value] of Object.entries(draft.values)) if (value) words.set(`set.${name}`, value);
  for (const [name, value] of Object.entries(draft.holes)) if (value) words.set(`for.${name}`, value);
  return words.toString();
}

/** Only a reference to a secret may stand in an address. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text);
}

export function useDraft() {
  const { view, go, to } = useAddress();
  const draft = useMemo(() => parseDraft(view.sel), [view.sel]);
  const step: Step = STEPS.find((one) => one.id === view.tab)?.id ?? 'access';
  // Typing replaces the address; a step is history.
  const change = (next: Partial<Draft>) => go({ view: { sel: printDraft({ ...draft, ...next }) }, replace: true });
  return {
    draft,
    step,
    change,
    setValue: (name: string, value: string) => change({ values: { ...draft.values, [name]: value } }),
    setHole: (name: string, value: string) => change({ holes: { ...draft.holes, [name]: value } }),
    goTo: (id: Step) => go({ view: { tab: id === 'access' ? '' : id, sel: printDraft(draft) } }),
    textOf: (id: Step) => to({ view: { tab: id === 'access' ? '' : id, sel: printDraft(draft) } }),
  };
}
