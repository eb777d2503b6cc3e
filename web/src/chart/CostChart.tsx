/** Cost over time by group, in a panel of its own: as a drawing, or as the same figures in a table. */
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { fits, useColours } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { NotedChart } from '../notes/NotedChart';
import type { ChartForm } from '../query/address';
import { groupOf } from '../query/group';
import type { Filter } from '../query/query';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { AsTable } from './AsTable';
import { buildSpec } from './spec';

const FOOT = 36; // pixels; the legend below the drawing

interface CostChartProps {
  title: string;
  height: number;
  form?: ChartForm;
  where: readonly Filter[]; // whose notes are shown
  measure: string;
  currency: string;
  dimension: string;
  together?: boolean; // the whole, and no groups
  grain: 'day' | 'week' | 'month';
  groups: UseQueryResult<Answer>;
  totals: UseQueryResult<Answer>;
  ranking: readonly Row[] | undefined; // in the order of the groups; undefined as long as that is not known
  tools?: ReactNode;
  lit?: string | null; // kept here where nobody else needs it
  onLit?: (key: string | null) => void;
  onGroup: (key: string) => void;
  onRange: (first: string, last: string) => void;
}

export function CostChart(props: CostChartProps) {
  const { title, height, groups, totals, tools, onGroup, onRange } = props;
  const [asTable, setAsTable] = useState(false);
  const [own, setOwn] = useState<string | null>(null);
  const spec = useSpec(props);
  const failed = totals.error ?? groups.error;
  return (
    <Panel
      title={title}
      note={props.currency}
      className="chart-panel"
      tools={
        <>
          {tools}
          <AsTable pressed={asTable} onPress={() => setAsTable(!asTable)} />
        </>
      }
    >
      {failed && !spec ? (
        <Failure error={failed} what="The chart" retry={() => [groups.refetch(), totals.refetch()]} />
      ) : !spec ? (
        <Skeleton height={height + FOOT} />
      ) : spec.buckets.length === 0 ? (
        <Empty title="No cost in these days">Another period or fewer filters may show some.</Empty>
      ) : (
        <div className={totals.isPlaceholderData || groups.isPlaceholderData ? 'is-old' : ''}>
          <NotedChart
            where={props.where}
            spec={spec}
            title={title}
            asTable={asTable}
            height={height}
            highlight={props.lit === undefined ? own : props.lit}
            onHighlight={props.onLit ?? setOwn}
            onGroup={onGroup}
            onRange={onRange}
          />
        </div>
      )}
    </Panel>
  );
}

/** Null until everything it is made of is there. */
function useSpec({ form = 'bars', measure, currency, dimension, together, grain, ...asked }: CostChartProps) {
  const colours = useColours(dimension);
  const slots = colours.data?.slots;
  const [groups, totals, ranking] = [asked.groups.data, asked.totals.data, asked.ranking];
  return useMemo(() => {
    if (colours.isLoading || !ranking) return null;
    if (!fits(totals, [measure, grain]) || !fits(groups, [measure, grain, dimension])) return null;
    return buildSpec({
      form,
      measure,
      currency,
      dimension: together ? null : dimension,
      grain,
      groups,
      totals,
      ranking: ranking.map((row) => groupOf(row, dimension)),
      completeTo: totals.complete_to ?? null,
      slots,
    });
  }, [groups, totals, ranking, form, measure, currency, dimension, together, grain, slots, colours.isLoading]);
}
