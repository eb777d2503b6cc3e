import { type Query, useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

const PATIENCE_MS = 1_500;
const first = ({ state }: Query) => state.data === undefined;

/**
 * Whether the code is there and what is asked at first has come: until then a page is laid out unseen, so that nothing on it moves under the
 * reader's eyes. Who waits longer sees the parts that have come, and the shape of the others.
 */
export function useArrived(what: string, there = true): boolean {
  const client = useQueryClient();
  const asking = useIsFetching({ predicate: first });
  const [arrived, setArrived] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again whenever a question begins or ends
  useEffect(() => {
    if (!there) return;
    // Only after a frame: the answer to one question may lead to the next.
    const frame = requestAnimationFrame(() => client.isFetching({ predicate: first }) === 0 && setArrived(what));
    return () => cancelAnimationFrame(frame);
  }, [what, asking, client, there]);
  useEffect(() => {
    const timer = setTimeout(() => setArrived(what), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [what]);
  return arrived === what;
}
