/** Views: addresses under a name. What is written here is asked again at once. */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { get, write } from '../api/client';
import type * as schema from '../api/schema';

export type View = schema.SavedView;
export type Preferences = schema.Preferences;

export function useViews(enabled = true) {
  return useQuery({
    queryKey: ['views'],
    queryFn: ({ signal }) => get<schema.Views>('/views', signal),
    select: ({ views }) => [...views].sort(starredFirst),
    enabled,
  });
}

export type Subscription = schema.Subscription;

/** The reader's own wishes to get views regularly. */
export function useSubscriptions() {
  return useQuery({
    queryKey: ['subscriptions'],
    queryFn: ({ signal }) => get<schema.Subscriptions>('/subscriptions', signal),
    select: (found) => found.subscriptions,
  });
}

export const PREFERENCES = queryOptions({
  queryKey: ['preferences'],
  queryFn: ({ signal }) => get<Preferences>('/preferences', signal),
});

export function usePreferences(enabled = true) {
  return useQuery({ ...PREFERENCES, enabled });
}

/** The server's order is by name; what the reader starred stands before it. */
export function starredFirst(a: View, b: View): number {
  return a.starred === b.starred ? 0 : a.starred ? -1 : 1;
}

export interface Writer {
  send: (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<boolean>;
  error: Error | null;
}

const OWN = ['views', 'preferences', 'subscriptions'];

/** Small writes: done or refused before the reader looks away, and what is listed is read again. */
export function useWriter(again: readonly string[] = OWN): Writer {
  const client = useQueryClient();
  const busy = useRef(false);
  const [error, setError] = useState<Error | null>(null);
  const send: Writer['send'] = async (method, path, body) => {
    if (busy.current) return false; // a second press on the way; a button that is off would lose the focus
    busy.current = true;
    setError(null);
    try {
      await write(method, path, body);
      return true;
    } catch (reason) {
      setError(reason as Error);
      return false;
    } finally {
      await Promise.all(again.map((key) => client.invalidateQueries({ queryKey: [key] })));
      busy.current = false;
    }
  };
  return { send, error };
}
