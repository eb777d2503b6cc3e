import { useMemo, useState } from 'react';
import { fits, useAnswer, useColours } from '../api/queries';
import { buildSpec } from '../chart/spec';
import { NotedChart } from '../notes/NotedChart';
import { groupOf } from '../query/group';
import { isShort } from '../query/period';
import type { CostQuery, Filter } from '../query/query';
import { Failure, Panel, Skeleton } from '../ui/States';
import { measureOf } from './questions';

export const PART = 'cost_driver';

/** Its days or, where they are many, months as bars, a colour for each part of the charge. */
export function ResourceDays({ about, scope }: { about: CostQuery; scope: readonly Filter[] }) {
  const measure = measureOf(about);
  const [lit, setLit] = useState<string | null>(null);
  const grain = isShort(about.period) && about.basis === 'charge' ? 'day' : 'month';
  const title = `Cost by ${grain}, by charge part`;
  const split = useAnswer({ ...about, by: [PART], grain, top: 8 });
  const totals = useAnswer({ ...about, grain });
  const colours = useColours(PART);
  const currency = totals.data?.totals[0]?.currency ?? '';
  const spec = useMemo(() => {
    if (!fits(split.data, [measure, PART, grain]) || !fits(totals.data, [measure, grain])) return null;
    return buildSpec({
      form: 'bars',
      measure,
      currency,
      dimension: PART,
      grain,
      groups: split.data,
      totals: totals.data,
      ranking: split.data.rows.map((row) => groupOf(row, PART)),
      completeTo: totals.data.complete_to ?? null,
      slots: colours.data?.slots,
    });
  }, [split.data, totals.data, measure, currency, grain, colours.data]);
  const failed = split.error ?? totals.error;
  return (
    <Panel title={title} note={currency} className="chart-panel">
      {failed && !spec ? (
        <Failure error={failed} what="The chart" retry={() => [split.refetch(), totals.refetch()]} />
      ) : spec ? (
        <NotedChart where={scope} spec={spec} title={title} height={220} highlight={lit} onHighlight={setLit} />
      ) : (
        <Skeleton height={260} />
      )}
    </Panel>
  );
}
