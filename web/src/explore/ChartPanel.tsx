import { useMemo, useState } from 'react';
import { fits, useAnswer, useColours } from '../api/queries';
import type { Answer } from '../api/types';
import { type Here, useAddress } from '../app/address';
import { buildSpec } from '../chart/spec';
import { daysBetween, known, monthEnd, shift } from '../format/dates';
import { NotedChart } from '../notes/NotedChart';
import type { ChartForm } from '../query/address';
import { groupOf } from '../query/group';
import { Icon } from '../ui/Icon';
import { Segments } from '../ui/Segments';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { chartQuery, drill, grainFor, levelOf, measureOf, totalQuery } from './questions';

const FORMS = [
  { id: 'bars', label: 'Bars' },
  { id: 'lines', label: 'Lines' },
  { id: 'cumulative', label: 'Cumulative' },
] as const;
const FORMS_PER_DAY = FORMS.map((form) =>
  form.id === 'cumulative' ? { ...form, off: 'Values per day have no running sum' } : form,
);
const GRAINS = [
  { id: 'day', label: 'Day' },
  { id: 'week', label: 'Week' },
  { id: 'month', label: 'Month' },
] as const;
const HEIGHT = 288;
const BUCKETS_MAX = 400;

/** Finer than a chart can hold is not offered, and says why. */
function grainsFor(groups: Answer | undefined) {
  const period = known(groups?.period);
  const days = period ? daysBetween(period.start, period.end) : 0;
  return GRAINS.map((choice) =>
    choice.id === 'day' && days > BUCKETS_MAX
      ? { ...choice, off: `More than ${BUCKETS_MAX} days do not fit a chart` }
      : choice,
  );
}

interface ChartPanelProps {
  groups: Answer | undefined; // without grain, for the order of the groups
  currency: string;
  label: string; // of the first group
  lit: string | null;
  onLit: (key: string | null) => void;
}

export function ChartPanel({ groups, currency, label, lit, onLit }: ChartPanelProps) {
  const here = useAddress();
  const { query, go } = here;
  const [asTable, setAsTable] = useState(false);
  const grain = grainFor(query, known(groups?.period));
  const against = comparesTotals(here);
  const daily = query.normalise === 'day';
  const cost = daily && grain !== 'day' ? `Cost per day in each ${grain}` : `Cost by ${grain}`;
  const title = against ? `${cost}, against the days before` : `${cost}, by ${label.toLowerCase()}`;
  return (
    <Panel
      title={title}
      note={currency}
      className="chart-panel"
      tools={
        <>
          <Segments
            label="Chart"
            value={formOf(here)}
            choices={daily ? FORMS_PER_DAY : FORMS}
            onChange={(chart) => go({ view: { chart: chart as ChartForm } })}
          />
          <Segments
            label="Grain"
            value={grain}
            choices={grainsFor(groups)}
            onChange={(next) => go({ query: { grain: next as 'day' } })}
          />
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
        </>
      }
    >
      <ChartBody
        here={here}
        groups={groups}
        currency={currency}
        title={title}
        grain={grain}
        asTable={asTable}
        lit={lit}
        onLit={onLit}
      />
    </Panel>
  );
}

/** Values per day are not added up: what would be a running sum is drawn as lines. */
function formOf({ query, view }: Here): ChartForm {
  return query.normalise === 'day' && view.chart === 'cumulative' ? 'lines' : view.chart;
}

/** Lines that compare show the whole against the whole; a pair of lines per group could not be told apart. */
function comparesTotals({ query, view }: Here): boolean {
  return query.compare !== 'none' && view.chart !== 'bars';
}

interface ChartBodyProps extends Omit<ChartPanelProps, 'label'> {
  here: Here;
  title: string;
  grain: 'day' | 'week' | 'month';
  asTable: boolean;
}

function ChartBody({ here, groups, currency, title, grain, asTable, lit, onLit }: ChartBodyProps) {
  const { query, go } = here;
  const form = formOf(here);
  const ready = groups !== undefined;
  const split = useAnswer(chartQuery(query, grain), ready);
  const totals = useAnswer(totalQuery(query, grain), ready);
  const dimension = levelOf(query);
  const against = comparesTotals(here);
  const colours = useColours(dimension);
  const slots = colours.data?.slots;
  const spec = useMemo(() => {
    const shown = [measureOf(query), grain];
    if (colours.isLoading || !groups || !fits(totals.data, shown) || !fits(split.data, [...shown, dimension]))
      return null;
    return buildSpec({
      form,
      measure: measureOf(query),
      currency,
      dimension: against ? null : dimension,
      grain,
      groups: split.data,
      totals: totals.data,
      ranking: groups.rows.map((row) => groupOf(row, dimension)),
      completeTo: totals.data.complete_to ?? null,
      slots,
    });
  }, [totals.data, split.data, groups, form, query, currency, dimension, grain, against, slots, colours.isLoading]);
  const failed = totals.error ?? split.error;
  const retry = () => {
    totals.refetch();
    split.refetch();
  };
  if (failed && !spec) return <Failure error={failed} what="The chart" retry={retry} />;
  if (!spec) return <Skeleton height={HEIGHT + 36} />;
  if (spec.buckets.length === 0)
    return <Empty title="No cost in these days">Another period or fewer filters may show some.</Empty>;
  return (
    <div className={totals.isPlaceholderData || split.isPlaceholderData ? 'is-old' : ''}>
      <NotedChart
        where={query.where}
        spec={spec}
        title={title}
        asTable={asTable}
        height={HEIGHT}
        highlight={lit}
        onHighlight={onLit}
        onGroup={(key) => {
          const step = drill(here, dimension, key);
          if (step) go(step);
        }}
        onRange={(first, last) => go({ query: { period: `${first}..${lastDay(last, grain)}` } })}
      />
    </div>
  );
}

function lastDay(bucket: string, grain: 'day' | 'week' | 'month'): string {
  return grain === 'day' ? bucket : grain === 'week' ? shift(bucket, 6) : monthEnd(bucket.slice(0, 7));
}
