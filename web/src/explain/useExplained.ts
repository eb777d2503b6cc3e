import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Explained } from '../api/types';
import { type CostQuery, printQuery } from '../query/query';

export const MOVERS = 200;

/** Why two periods differ, for a question that compares; the answer before stays, marked, while another is on its way. */
export function useExplained(query: CostQuery) {
  const text = printQuery(query);
  return useQuery({
    queryKey: ['explain', text],
    queryFn: ({ signal }) => get<Explained>(`/costs/explain?movers=${MOVERS}${text ? `&${text}` : ''}`, signal),
    placeholderData: keepPreviousData,
    enabled: query.compare !== 'none',
  });
}
