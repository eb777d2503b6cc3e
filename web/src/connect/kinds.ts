import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { SourceKind } from '../api/types';

/** Every kind of source that can be connected; it changes with the program only. */
export function useKinds() {
  return useQuery({
    queryKey: ['source-kinds'],
    queryFn: ({ signal }) => get<{ kinds: SourceKind[] }>('/source-kinds', signal),
    staleTime: 3_600_000,
  });
}

export const GRADES: Record<SourceKind['grade'], string> = {
  full: 'Every line of the bill',
  summary: 'Totals without resources, for months and accounts that have no export',
  facts: 'Names and invoices beside the bills',
};
