import { useEffect } from 'react';
import { coloursOptions, GUIDE, queryClient } from '../api/queries';
import type { Source } from '../api/types';
import type { Known } from '../app/pages';
import { askChart, askCosts } from '../notes/ahead';
import { type CostQuery, printQuery } from '../query/query';
import { ahead, daily, monthSoFar, RUNNING } from './questions';

export function askHome(query: CostQuery, { demo, sources }: Known): void {
  askCosts([monthSoFar(query), ...ahead(query, sources)]);
  askChart(daily(query, [], RUNNING));
  void queryClient.prefetchQuery(coloursOptions('team'));
  if (demo) void queryClient.prefetchQuery(GUIDE);
}

/** The same for who comes from another page. */
export function useAhead(query: CostQuery, sources: readonly Source[] | undefined, enabled: boolean): void {
  const asked = ahead(query, sources);
  const texts = asked.map(printQuery).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts are the questions
  useEffect(() => {
    if (enabled) askCosts(asked);
  }, [texts, enabled]);
}
