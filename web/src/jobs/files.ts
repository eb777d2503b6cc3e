/** Files of answers: fetched at once when they are ready soon, else made while the reader goes on and offered by a link. */
import { useSyncExternalStore } from 'react';
import { API, ApiError, fileOf, write } from '../api/client';
import { queryClient } from '../api/queries';
import type { Export } from '../api/types';
import { FILES_KEPT, keep } from '../ui/keep';
import type { Wanted } from './wanted';

const CANCELLED = 'urn:outlay:problem:cancelled';
const SOON_MS = 700; // what is ready by then needs no word

/** A file that is not known to the server yet, or that came to nothing. */
export interface Asked {
  key: number;
  name: string;
  error: Error | null;
  given?: boolean; // up, by the reader, before the server said what it is
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

/** Ask for a file; what is asked with a draft comes at once. */
export async function take({ path, body }: Wanted): Promise<void> {
  keys += 1;
  const item: Asked = { key: keys, name: shortName(path), error: null };
  const timer = setTimeout(() => set([...known, item]), SOON_MS);
  try {
    if (body !== undefined) {
      const { blob, name } = await fileOf(path, body);
      if (!item.given) keep(blob, name);
    } else await taken(item, await write<Export>('POST', path));
  } catch (error) {
    const cancelled = error instanceof ApiError && error.problem.type === CANCELLED;
    if (!item.given && !cancelled) failed(item.name, error as Error);
  }
  clearTimeout(timer);
  dismiss(item.key);
}

async function taken(item: Asked, made: Export): Promise<void> {
  if (item.given) {
    if (made.state === 'ready') await write('DELETE', `/exports/${made.id}`);
    else await write('POST', `/jobs/${made.id}/cancel`);
  } else if (made.state === 'ready') fetchFile(made.id);
  else {
    remember(true);
    await queryClient.invalidateQueries({ queryKey: ['exports'] });
  }
}

/** The reader wants it no more. Until the server has said what it is called nobody else can know of it. */
export function giveUp(item: Asked): void {
  item.given = true;
  dismiss(item.key);
}

/** Ask again for one that came to nothing; what is said of that one goes. */
export async function makeAgain({ id, asked }: Export): Promise<void> {
  await write('DELETE', `/exports/${id}`).catch(() => null); // gone already is as well
  await queryClient.invalidateQueries({ queryKey: ['exports'] });
  await take({ path: asked });
}

function fetchFile(id: string): void {
  const link = document.createElement('a');
  link.href = fileLink(id);
  link.download = '';
  link.click();
}
