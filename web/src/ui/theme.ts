import { useSyncExternalStore } from 'react';
import { DARK, LIGHT, type Palette } from '../chart/palette';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'outlay.theme';
const media = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null;
const listeners = new Set<() => void>();

export function theme(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === 'light' || set === 'dark' ? set : 'system';
}

export function setTheme(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage closed: the choice holds for this visit.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  media?.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    media?.removeEventListener('change', listener);
  };
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, theme);
}

export function usePalette(): Palette {
  const dark = useSyncExternalStore(subscribe, () =>
    theme() === 'system' ? (media?.matches ?? false) : theme() === 'dark',
  );
  return dark ? DARK : LIGHT;
}
