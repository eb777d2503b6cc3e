import { useEffect, useRef } from 'react';
import { useAddress } from '../app/address';
import type { CostQuery } from '../query/query';
import { compared } from './questions';

/** The question of the page: it arrives with a comparison and says so in the address; the reader may take it away. */
export function useReview(): CostQuery {
  const { path, query, go } = useAddress();
  const said = useRef(query.compare !== 'none');
  if (query.compare !== 'none') said.current = true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only on arrival
  useEffect(() => {
    // On the way to another page this one may be drawn once more, under the address of that page.
    if (!said.current && path.startsWith('/teams')) go({ query: { compare: 'previous' }, replace: true });
  }, []);
  return said.current ? query : compared(query);
}
