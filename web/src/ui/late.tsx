import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { Failure, Skeleton } from './States';

/** A component whose code is fetched when it is first needed. */
export interface Late<P> {
  (props: P): ReactNode;
  fetch: () => Promise<void>; // ahead of the need; never rejects
  found: () => ComponentType<P> | Error | null;
  listen: (listener: () => void) => () => void;
}

/**
 * Once fetched it is drawn at once, where a lazy component of React would wait once more, and for a third of a second
 * if anything waited just before.
 */
export function late<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
  waiting: ReactNode = null,
): Late<P> {
  let found: ComponentType<P> | Error | null = null;
  let asked: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const settle = (next: typeof found) => {
    found = next;
    if (next instanceof Error) asked = null;
    for (const listener of listeners) listener();
  };
  const own = {
    fetch: () => {
      asked ??= load().then((module) => settle(module.default), settle);
      return asked;
    },
    found: () => found,
    listen: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  function Part(props: P) {
    const Found = useSyncExternalStore(own.listen, own.found);
    useEffect(() => void own.fetch(), []);
    if (Found instanceof Error) return <Failure error={Found} what="This part" retry={own.fetch} />;
    return Found ? <Found {...props} /> : waiting;
  }
  return Object.assign(Part, own);
}

/** A page; its shape stands while its code is on its way. */
export function latePage(load: () => Promise<{ default: ComponentType<object> }>): Late<object> {
  return late(load, <Skeleton lines={12} />);
}

const nothing = () => () => {};

/** Whether nothing more is to be fetched to draw this, or to say why it cannot be. */
export function useThere(part: Late<object> | undefined): boolean {
  return useSyncExternalStore(part?.listen ?? nothing, () => part?.found() !== null);
}
