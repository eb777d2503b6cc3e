import { useMemo, useState } from 'react';
import { fits, useAnswer, useColours } from '../api/queries';
import { useAddress } from '../app/address';
import { buildSpec } from '../chart/spec';
import { filterFor, grainFor } from '../explore/questions';
import { known } from '../format/dates';
import { NotedChart } from '../notes/NotedChart';
import { groupOf } from '../query/group';
import type { CostQuery } from '../query/query';
import { Icon } from '../ui/Icon';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { plain } from './questions';

const HEIGHT = 280;
const GROUPS = 8;
const SERVICE = 'service';

/** Cost by day, by service; a service leads to its lines, a range of days becomes the page's. */
export function Trend({ about }: { about: CostQuery }) {
  const { go } = useAddress();
  const [asTable, setAsTable] = useState(false);
  const [lit, setLit] = useState<string | null>(null);
  const shown = { ...plain(about), incomplete: 'include' as const };
  const period = known(useAnswer(plain(about)).data?.period);
  const grain = grainFor(about, period);
  const split = useAnswer({ ...shown, by: [SERVICE], grain, top: GROUPS });
  const totals = useAnswer({ ...shown, grain });
  const colours = useColours(SERVICE);
  const measure = about.measures[0] ?? '';
  const currency = totals.data?.totals[0]?.currency ?? '';
  const spec = useMemo(() => {
    if (colours.isLoading || !fits(split.data, [measure, SERVICE, grain]) || !fits(totals.data, [measure, grain]))
      return null;
    return buildSpec({
      form: 'bars',
      measure,
      currency,
      dimension: SERVICE,
      grain,
      groups: split.data,
      totals: totals.data,
      ranking: split.data.rows.map((row) => groupOf(row, SERVICE)),
      completeTo: totals.data.complete_to ?? null,
      slots: colours.data?.slots,
    });
  }, [split.data, totals.data, measure, currency, grain, colours.data, colours.isLoading]);
  const failed = split.error ?? totals.error;
  const title = `Cost by ${grain}, by service`;
  return (
    <Panel
      title={title}
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
        <Failure error={failed} what="The chart" retry={() => [split.refetch(), totals.refetch()]} />
      ) : !spec ? (
        <Skeleton height={HEIGHT + 36} />
      ) : spec.buckets.length === 0 ? (
        <Empty title="No cost in these days" />
      ) : (
        <NotedChart
          where={about.where}
          spec={spec}
          title={title}
          asTable={asTable}
          height={HEIGHT}
          highlight={lit}
          onHighlight={setLit}
          onGroup={(key) => {
            const where = [...about.where, filterFor(SERVICE, key)];
            go({ path: '/explore', query: { ...about, by: ['resource'], where }, view: { tab: '', sel: '', why: '' } });
          }}
          onRange={(first, last) => go({ query: { period: `${first}..${last}` } })}
        />
      )}
    </Panel>
  );
}
