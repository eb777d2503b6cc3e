import { coloursOptions, queryClient } from '../api/queries';
import { askChart, askCosts } from '../notes/ahead';
import { isShort } from '../query/period';
import type { CostQuery } from '../query/query';
import { chartQuery, grainFor, groupQuery, levelOf, totalQuery } from './questions';

/** The chart is asked ahead only of days that are few, whichever they are: of others the grain is not known. */
export function askExplore(query: CostQuery): void {
  askCosts([groupQuery(query)]);
  void queryClient.prefetchQuery(coloursOptions(levelOf(query)));
  if (!isShort(query.period)) return;
  const grain = grainFor(query, null);
  askCosts([chartQuery(query, grain)]);
  askChart(totalQuery(query, grain));
}
