import { useMemo } from 'react';
import { openOverlay } from '../app/overlay';
import { Chart, type ChartProps } from '../chart/Chart';
import type { ChartSpec } from '../chart/spec';
import type { Filter } from '../query/query';
import { useHappenings } from './ask';
import { daysFrom, flagsOf, spanOf } from './happening';
import { NotesBelow } from './NotesBelow';
import { scopeText } from './scope';

/** The last day whose data is complete, where there is one: what is noted has mostly just happened. */
function lastDay({ buckets, partial, grain }: ChartSpec): string {
  const complete = buckets.filter((_, at) => !partial[at]);
  const bucket = complete.at(-1) ?? buckets.at(-1);
  return bucket ? daysFrom(bucket, bucket, grain).last : '';
}

/** A chart over days, with what happened on them as flags and listed below it. */
export function NotedChart({ where, ...props }: ChartProps & { where: readonly Filter[] }) {
  const { spec } = props;
  const days = useMemo(() => spanOf(spec.buckets, spec.grain), [spec]);
  const found = useHappenings(days, scopeText(where)).data;
  const flagged = useMemo(
    () => (found?.length ? { ...spec, flags: flagsOf(found, spec.buckets, spec.grain) } : spec),
    [spec, found],
  );
  return (
    <>
      <Chart
        {...props}
        spec={flagged}
        onNote={(first, last) => openOverlay({ ...daysFrom(first, last, spec.grain), annotation: null })}
      />
      <NotesBelow found={found} last={lastDay(spec)} />
    </>
  );
}
