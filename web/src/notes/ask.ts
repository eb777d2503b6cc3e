/** What happened on the days of a page: what people and pipelines noted, and the versions of the rules. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../api/client';
import { queryClient } from '../api/queries';
import type * as schema from '../api/schema';
import type { Days } from '../format/dates';
import { type Happening, ofAnnotation, ofVersion, within } from './happening';

export type Annotation = schema.Annotation;

function textOf(days: Days | null, scope: string): string {
  if (!days) return '';
  return new URLSearchParams({ start: days.start.slice(0, 10), end: days.end.slice(0, 10), scope }).toString();
}

function notedOptions(days: Days | null, scope: string) {
  const text = textOf(days, scope);
  return queryOptions({
    queryKey: ['annotations', text],
    queryFn: ({ signal }) => get<schema.Annotations>(`/annotations?${text}`, signal),
  });
}

const PUBLISHED = queryOptions({
  queryKey: ['rules', 'versions'],
  queryFn: ({ signal }) => get<schema.RulesVersion[]>('/rules/versions', signal),
});

/** Before a chart of these days is drawn. */
export function askHappenings(days: Days, scope: string): void {
  void queryClient.prefetchQuery(notedOptions(days, scope));
  void queryClient.prefetchQuery(PUBLISHED);
}

/** Of the days of a half-open range, to cost that the scope may contain; oldest first. */
export function useHappenings(days: Days | null, scope: string) {
  const noted = useQuery({ ...notedOptions(days, scope), enabled: days !== null });
  const versions = useQuery({ ...PUBLISHED, enabled: days !== null });
  const start = days?.start.slice(0, 10) ?? '';
  const end = days?.end.slice(0, 10) ?? '';
  const found = useMemo((): Happening[] | undefined => {
    if (!noted.data) return undefined;
    const published = (versions.data ?? []).map(ofVersion).filter((one) => within(one, start, end));
    return [...noted.data.annotations.map(ofAnnotation), ...published].sort(byStart);
  }, [noted.data, versions.data, start, end]);
  return { data: found, error: noted.error, refetch: noted.refetch };
}

function byStart(a: Happening, b: Happening): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : 0;
}
