import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { OwnerPaths } from '../api/types';
import { type CostQuery, printQuery } from '../query/query';

const PATHS = 300;

/** What the files of paths, and their page, are asked by. */
export function pathsText(query: CostQuery, dimension: string): string {
  const text = printQuery(query);
  return `dimension=${encodeURIComponent(dimension)}${text ? `&${text}` : ''}`;
}

/** How the cost of a question came to its owners; the answer before stays, marked, while another is on its way. */
export function usePaths(query: CostQuery, dimension: string) {
  const text = pathsText(query, dimension);
  return useQuery({
    queryKey: ['paths', text],
    queryFn: ({ signal }) => get<OwnerPaths>(`/costs/paths?paths=${PATHS}&${text}`, signal),
    placeholderData: keepPreviousData,
  });
}
