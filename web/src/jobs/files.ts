/** Files of answers: fetched at once when they are ready soon, else made while the reader goes on and offered by a link. */
import { useSyncExternalStore } from 'react';
import { API, write } from '../api/client';
import { queryClient } from '../api/queries';
import type { Export } from '../api/types';
import { FILES_KEPT } from '../ui/keep';

const SOON_MS = 700; // what is ready by then needs no word

/** A file that is not known to the server yet, or that came to nothing. */
export interface Asked {
  key: number;
  name: string;
  error: Error | null;
}

let known: readonly Asked[] = [];
let keys = 0;
const listeners = new Set<() => void>();

function set(next: readonly Asked[]): void {
  known = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useAsked(): readonly Asked[] {
  return useSyncExternalStore(subscribe, () => known);
}

/** Whether there is anything to look for after a reload. */
export function remember(kept: boolean): void {
  try {
    if (kept) localStorage.setItem(FILES_KEPT, 'kept');
    else localStorage.removeItem(FILES_KEPT);
  } catch {
    // a browser that keeps nothing forgets it with the page
  }
}

export function dismiss(key: number): void {
  set(known.filter((one) => one.key !== key));
}

export function failed(name: string, error: Error): void {
  keys += 1;
  set([...known, { key: keys, name, error }]);
}

export function fileLink(id: string): string {
  return `${API}/exports/${id}/file`;
}

/** `/costs/explain.csv?by=…` -> `explain.csv` */
export function shortName(asked: string): string {
  return (asked.split('?')[0] ?? '').split('/').at(-1) ?? '';
}

/** Ask for the file at an address of the API. */
export async function take(path: string): Promise<void> {
  keys += 1;
  const item: Asked = { key: keys, name: shortName(path), error: null };
  const timer = setTimeout(() => set([...known, item]), SOON_MS);
  try {
    const made = await write<Export>('POST', path);
    if (made.state === 'ready') fetchFile(made.id);
    else {
      remember(true);
      await queryClient.invalidateQueries({ queryKey: ['exports'] });
    }
  } catch (error) {
    failed(item.name, error as Error);
  }
  clearTimeout(timer);
  dismiss(item.key);
}

function fetchFile(id: string): void {
  const link = document.createElement('a');
  link.href = fileLink(id);
  link.download = '';
  link.click();
}
