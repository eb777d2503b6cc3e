import { useMemo, useState } from 'react';
import { fits, useAnswer, useColours } from '../api/queries';
import { useAddress } from '../app/address';
import { buildSpec } from '../chart/spec';
import { filterFor } from '../explore/questions';
import { NotedChart } from '../notes/NotedChart';
import { groupOf } from '../query/group';
import { type CostQuery, DEFAULTS } from '../query/query';
import { Icon } from '../ui/Icon';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { daily, type Month, teams } from './questions';

const HEIGHT = 300;

/** Thirty days by team, with the days that are not complete hatched. */
export function DailyChart({ query, month }: { query: CostQuery; month: Month }) {
  const { go } = useAddress();
  const [asTable, setAsTable] = useState(false);
  const [lit, setLit] = useState<string | null>(null);
  const split = useAnswer(daily(query, ['team'], month));
  const totals = useAnswer(daily(query, [], month));
  const ranking = useAnswer(teams(query, month)).data;
  const measure = query.measures[0] ?? '';
  const currency = totals.data?.totals[0]?.currency ?? '';
  const colours = useColours('team');
  const slots = colours.data?.slots;
  const spec = useMemo(() => {
    if (colours.isLoading || !fits(split.data, [measure]) || !fits(totals.data, [measure])) return null;
    const order = (ranking ?? split.data).rows.map((row) => groupOf(row, 'team'));
    return buildSpec({
      form: 'bars',
      measure,
      currency,
      dimension: 'team',
      grain: 'day',
      groups: split.data,
      totals: totals.data,
      ranking: order,
      completeTo: totals.data.complete_to ?? null,
      slots,
    });
  }, [split.data, totals.data, ranking, measure, currency, slots, colours.isLoading]);
  const failed = split.error ?? totals.error;
  const again = () => {
    split.refetch();
    totals.refetch();
  };
  const open = (change: Partial<CostQuery>) =>
    go({ path: '/explore', query: { ...DEFAULTS, measures: [measure], where: query.where, ...change } });
  return (
    <Panel
      title="Cost by day, by team"
      note={currency}
      className="chart-panel"
      tools={
        <button
          type="button"
          className="button quiet icon-only"
          aria-pressed={asTable}
          title="View as table"
          aria-label="View as table"
          onClick={() => setAsTable(!asTable)}
        >
          <Icon name={asTable ? 'chart' : 'table'} size={16} />
        </button>
      }
    >
      {failed && !spec ? (
        <Failure error={failed} what="The chart" retry={again} />
      ) : !spec ? (
        <Skeleton height={HEIGHT + 36} />
      ) : spec.buckets.length === 0 ? (
        <Empty title="No cost in these days" />
      ) : (
        <NotedChart
          where={query.where}
          spec={spec}
          title="Cost by day, by team"
          asTable={asTable}
          height={HEIGHT}
          highlight={lit}
          onHighlight={setLit}
          onGroup={(key) =>
            open({ by: ['service'], period: month.days, where: [...query.where, filterFor('team', key)] })
          }
          onRange={(first, last) => open({ by: ['team'], period: `${first}..${last}` })}
        />
      )}
    </Panel>
  );
}
