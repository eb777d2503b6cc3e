import { useAnswer } from '../api/queries';
import { useAddress } from '../app/address';
import { CostChart } from '../chart/CostChart';
import { filterFor, grainFor } from '../explore/questions';
import { known } from '../format/dates';
import { moved, narrowed } from '../query/narrowed';
import type { CostQuery } from '../query/query';
import { plain } from './questions';

const HEIGHT = 280;
const GROUPS = 8;
const SERVICE = 'service';

/** Cost by day, by service; a service leads to its lines, a range of days becomes the page's. */
export function Trend({ about }: { about: CostQuery }) {
  const { query, go } = useAddress();
  const shown = { ...plain(about), incomplete: 'include' as const };
  const grain = grainFor(about, known(useAnswer(plain(about)).data?.period));
  const split = useAnswer({ ...shown, by: [SERVICE], grain, top: GROUPS });
  const totals = useAnswer({ ...shown, grain });
  return (
    <CostChart
      title={`Cost by ${grain}, by service`}
      height={HEIGHT}
      where={about.where}
      measure={about.measures[0] ?? ''}
      currency={totals.data?.totals[0]?.currency ?? ''}
      dimension={SERVICE}
      grain={grain}
      groups={split}
      totals={totals}
      ranking={split.data?.rows}
      onGroup={(key) => {
        const where = [...about.where, filterFor(SERVICE, key)];
        const slice = { ...narrowed(shown, split.data), by: ['resource'], where };
        go({ path: '/explore', query: slice, view: { tab: 'lines', sel: '', why: '' } });
      }}
      onRange={(first, last) => go({ query: moved(query, `${first}..${last}`) })}
    />
  );
}
