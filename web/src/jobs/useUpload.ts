import { useSyncExternalStore } from 'react';
import { API, ApiError } from '../api/client';
import { forgetAnswers } from '../api/queries';
import type { Job, Problem } from '../api/types';
import { follow } from './follow';

export interface UploadItem {
  key: string;
  name: string;
  size: number;
  sent: number; // bytes
  job: Job | null;
  ended: boolean;
  error: Error | null;
}

let items: readonly UploadItem[] = [];
const listeners = new Set<() => void>();

function set(next: readonly UploadItem[]): void {
  items = next;
  for (const listener of listeners) listener();
}

function update(key: string, change: Partial<UploadItem>): void {
  set(items.map((item) => (item.key === key ? { ...item, ...change } : item)));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What was uploaded in this visit; it outlives the page it was dropped on. */
export function useUploads(): readonly UploadItem[] {
  return useSyncExternalStore(subscribe, () => items);
}

/** One job per file, sent one after the other; a failed one does not stop the next. */
export function upload(files: readonly File[], source: string): void {
  const news = files.map((file) => ({ file, item: freshItem(file) }));
  set([...news.map(({ item }) => item), ...items]);
  void news.reduce(
    (before, { file, item }) => before.then(() => load(file, source, (change) => update(item.key, change))),
    Promise.resolve(),
  );
}

function freshItem(file: File): UploadItem {
  return {
    key: `${file.name} ${file.size} ${crypto.randomUUID?.() ?? performance.now()}`,
    name: file.name,
    size: file.size,
    sent: 0,
    job: null,
    ended: false,
    error: null,
  };
}

async function load(file: File, source: string, change: (change: Partial<UploadItem>) => void): Promise<void> {
  try {
    const id = await transfer(file, source, (sent) => change({ sent }));
    await new Promise<void>((resolve) => {
      follow(
        id,
        (job) => change({ job, ...(job.error && { error: new ApiError(job.error) }) }),
        () => resolve(),
      );
    });
  } catch (reason) {
    change({ error: reason as Error });
  }
  change({ ended: true });
  await forgetAnswers();
}

/** `fetch` does not say how much it has sent; the older request does. */
function transfer(file: File, source: string, onSent: (bytes: number) => void): Promise<string> {
  const words = new URLSearchParams({ name: file.name, source });
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${API}/upload?${words}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onerror = () => reject(new Error('The connection broke while the file was being sent.'));
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status < 300 && typeof body?.job === 'string') resolve(body.job);
      else
        reject(
          body && 'detail' in body
            ? new ApiError(body as unknown as Problem)
            : new Error(`The server answered ${request.status}.`),
        );
    };
    request.send(file);
  });
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
