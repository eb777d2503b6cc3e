import { useAnswer } from '../api/queries';
import { useAddress } from '../app/address';
import { CostChart } from '../chart/CostChart';
import { filterFor } from '../explore/questions';
import { narrowed } from '../query/narrowed';
import { type CostQuery, DEFAULTS } from '../query/query';
import { daily, type Month, teams } from './questions';

const HEIGHT = 300;

/** Thirty days by team, with the days that are not complete hatched. */
export function DailyChart({ query, month }: { query: CostQuery; month: Month }) {
  const { go } = useAddress();
  const split = useAnswer(daily(query, ['team'], month));
  const totals = useAnswer(daily(query, [], month));
  const ranking = useAnswer(teams(query, month)).data ?? split.data;
  const measure = query.measures[0] ?? '';
  const open = (change: Partial<CostQuery>) =>
    go({ path: '/explore', query: { ...DEFAULTS, measures: [measure], where: query.where, ...change } });
  return (
    <CostChart
      title="Cost by day, by team"
      height={HEIGHT}
      where={query.where}
      measure={measure}
      currency={totals.data?.totals[0]?.currency ?? ''}
      dimension="team"
      grain="day"
      groups={split}
      totals={totals}
      ranking={ranking?.rows}
      onGroup={(key) => {
        const { period } = narrowed(daily(query, ['team'], month), split.data);
        open({ by: ['service'], period, where: [...query.where, filterFor('team', key)] });
      }}
      onRange={(first, last) => open({ by: ['team'], period: `${first}..${last}` })}
    />
  );
}
