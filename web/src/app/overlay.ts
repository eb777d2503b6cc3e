import { useSyncExternalStore } from 'react';
import type * as schema from '../api/schema';

/** A note on its way: its days, the last one included, and the annotation it says otherwise. */
export interface NoteDraft {
  first: string;
  last: string;
  annotation: schema.Annotation | null;
}

/** What lies over the page; one thing at a time. */
export type Overlay = 'none' | 'palette' | 'keys' | NoteDraft;

let current: Overlay = 'none';
const listeners = new Set<() => void>();

export function openOverlay(overlay: Overlay): void {
  current = overlay;
  for (const listener of listeners) listener();
}

/** Whether something lies over the page, or is about to. */
export function isOverlaid(): boolean {
  return current !== 'none';
}

export function useOverlay(): Overlay {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
