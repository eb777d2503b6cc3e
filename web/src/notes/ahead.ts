/** Questions asked before there is anything to show their answers; what fails is said by whoever shows it. */
import { answerOptions, queryClient } from '../api/queries';
import { known } from '../format/dates';
import type { CostQuery } from '../query/query';
import { askHappenings } from './ask';
import { scopeText } from './scope';

export function askCosts(queries: readonly CostQuery[]): void {
  for (const query of queries) void queryClient.prefetchQuery(answerOptions(query));
}

/** The whole by day, and then what happened on the days that it turned out to cover. */
export function askChart(query: CostQuery): void {
  const answered = queryClient.fetchQuery(answerOptions(query));
  const noted = answered.then(({ period }) => {
    const days = query.grain === 'day' ? known(period) : null;
    if (days) askHappenings(days, scopeText(query.where));
  });
  noted.catch(() => {});
}
