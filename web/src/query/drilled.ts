/** Which period word some days were written out of, as far as this browser has seen it: so they can be that word again. */
import { isPeriod } from './period';

const KEPT = 'outlay.words';
const MOST = 100;

const words = new Map<string, string>(kept());

function kept(): [string, string][] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(found)
      ? found.filter((pair) => Array.isArray(pair) && pair.every((one) => isPeriod(one)))
      : [];
  } catch {
    return []; // storage closed, or written by somebody else
  }
}

export function remember(days: string, word: string): void {
  if (words.get(days) === word) return;
  words.set(days, word);
  for (const oldest of [...words.keys()].slice(0, -MOST)) words.delete(oldest);
  try {
    localStorage.setItem(KEPT, JSON.stringify([...words]));
  } catch {
    // Storage closed: known until the reader leaves.
  }
}

export function wordOf(days: string): string | null {
  return words.get(days) ?? null;
}
