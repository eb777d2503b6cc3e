import { useSyncExternalStore } from 'react';

/** What lies over the page; one thing at a time. */
export type Overlay = 'none' | 'palette' | 'keys';

let current: Overlay = 'none';
const listeners = new Set<() => void>();

export function openOverlay(overlay: Overlay): void {
  current = overlay;
  for (const listener of listeners) listener();
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
