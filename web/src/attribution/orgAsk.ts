/** The tree of teams: as it was then, as it is now, as somebody proposes it. */
import { useQuery } from '@tanstack/react-query';
import { get, write } from '../api/client';
import type * as schema from '../api/schema';
import type { Texts } from '../teams/named';

export const OWNED = [
  { id: 'then', label: 'As it was then' },
  { id: 'now', label: 'As it is now' },
  { id: 'proposed', label: 'As proposed' },
] as const;
export type Owned = (typeof OWNED)[number]['id'];

/** All of them are about the days of the page. */
export function orgText(owned: Owned, at: string, period: string): string {
  return new URLSearchParams({ ...(owned === 'now' && { owned }), period, ...(at && { at }) }).toString();
}

export function useOrg(owned: Owned, at: string, period: string, draft: Texts) {
  const text = owned === 'proposed' ? JSON.stringify(proposed(draft, at, period)) : orgText(owned, at, period);
  return useQuery({
    queryKey: ['org', owned, text],
    queryFn: ({ signal }) =>
      owned === 'proposed'
        ? write<schema.OrgTree>('POST', '/org/proposed', JSON.parse(text))
        : get<schema.OrgTree>(`/org?${text}`, signal),
  });
}

/** A draft, as of a day, about the days of the page. */
export function proposed(draft: Texts, at: string, period: string): schema.OrgDraft {
  return { ...draft, at: at || null, period };
}
