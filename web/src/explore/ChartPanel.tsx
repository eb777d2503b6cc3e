import { useAnswer } from '../api/queries';
import type { Answer } from '../api/types';
import { type Here, useAddress } from '../app/address';
import { CostChart } from '../chart/CostChart';
import { daysBetween, known, monthEnd, shift } from '../format/dates';
import type { ChartForm } from '../query/address';
import { moved } from '../query/narrowed';
import { isShort } from '../query/period';
import { Segments } from '../ui/Segments';
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
  const grain = grainFor(query, known(groups?.period));
  const asked = groups !== undefined || isShort(query.period); // the days of other periods say how fine the grain may be
  const split = useAnswer(chartQuery(query, grain), asked);
  const totals = useAnswer(totalQuery(query, grain), asked);
  const against = comparesTotals(here);
  const dimension = levelOf(query);
  const daily = query.normalise === 'day';
  const cost = daily && grain !== 'day' ? `Cost per day in each ${grain}` : `Cost by ${grain}`;
  return (
    <CostChart
      title={against ? `${cost}, against the days before` : `${cost}, by ${label.toLowerCase()}`}
      height={HEIGHT}
      form={formOf(here)}
      where={query.where}
      measure={measureOf(query)}
      currency={currency}
      dimension={dimension}
      together={against}
      grain={grain}
      groups={split}
      totals={totals}
      ranking={groups?.rows}
      lit={lit}
      onLit={onLit}
      onGroup={(key) => {
        const step = drill(here, dimension, key, groups);
        if (step) go(step);
      }}
      onRange={(first, last) => go({ query: moved(query, `${first}..${lastDay(last, grain)}`) })}
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
        </>
      }
    />
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

function lastDay(bucket: string, grain: 'day' | 'week' | 'month'): string {
  return grain === 'day' ? bucket : grain === 'week' ? shift(bucket, 6) : monthEnd(bucket.slice(0, 7));
}
