import { useAnswer, useSources, useStatus } from '../api/queries';
import type { Row } from '../api/types';
import { useAddress } from '../app/address';
import { useDimensionLabel } from '../app/Filters';
import { NothingLoaded } from '../app/NothingLoaded';
import type { Page } from '../app/pages';
import { filterFor } from '../explore/questions';
import { halfOpen } from '../format/dates';
import { isZero } from '../format/decimal';
import { RUNNING, slow } from '../home/questions';
import { literal } from '../query/escape';
import { groupOf, NO_VALUE } from '../query/group';
import { narrowed } from '../query/narrowed';
import type { CostQuery } from '../query/query';
import { ExportMenu } from '../table/ExportMenu';
import { isNew } from '../teams/Fresh';
import { linesText } from '../teams/questions';
import { SliceTable } from '../teams/SliceTable';
import { Segments } from '../ui/Segments';
import { Empty, Panel } from '../ui/States';

export const page: Page = {
  path: '/changes',
  label: 'Changes',
  icon: 'calendar',
  order: 40,
  key: 'c',
  scope: 'slice',
  tabs: ['', 'ended'],
};

const LOOKED = ['team', 'sub_account', 'service', 'region', 'resource'];
const TABS = [
  { id: '', label: 'New' },
  { id: 'ended', label: 'Ended' },
];

const MONTHS = /^last_(month|\d+_months)$/;

/** What has cost in the days of the page and had none in as many days before, and what had some and has none. */
export default function Changes() {
  const { query, view, go } = useAddress();
  const sources = useSources();
  const ended = view.tab === 'ended';
  const late = ended && !MONTHS.test(query.period) ? slow(RUNNING, sources.data?.sources) : [];
  const about = besides(
    query,
    late.map(({ source }) => source),
  );
  const { data } = useAnswer(about, !sources.isPending);
  const measure = about.measures[0] ?? '';
  if (useStatus().data?.empty)
    return <NothingLoaded>Nothing is new, and nothing ends, until there is cost.</NothingLoaded>;
  if (data && !data.totals.some((total) => (total[`previous_${measure}`] ?? null) !== null))
    return (
      <Empty
        title="There is nothing to compare with"
        action={
          <button type="button" className="button primary" onClick={() => go({ query: { period: 'last_7_days' } })}>
            Look at the last 7 days
          </button>
        }
      >
        No cost is loaded of the days before these.
      </Empty>
    );
  return (
    <div className="stack">
      <div className="team-tabs">
        <Segments label="Show" value={view.tab} choices={TABS} onChange={(tab) => go({ view: { tab } })} />
        <p className="muted">{data?.compare ? said(ended, halfOpen(data.period), halfOpen(data.compare)) : '\u00a0'}</p>
      </div>
      {late.length > 0 && (
        <p className="table-note">
          {late.map(({ label }) => label).join(', ')} {late.length === 1 ? 'reports' : 'report'} monthly: what is not
          there yet has not ended, so look at last month for it.
        </p>
      )}
      {!sources.isPending &&
        LOOKED.map((dimension) => <Groups key={dimension} about={{ ...about, by: [dimension] }} ended={ended} />)}
    </div>
  );
}

/** The days of the page and as many before, without sources whose bills are still to come. */
export function besides(query: CostQuery, late: readonly string[]): CostQuery {
  const { measures, where } = query;
  const without = { dimension: 'source', negated: true, values: late.map(literal) };
  return {
    ...query,
    measures: measures.slice(0, 1),
    where: late.length > 0 ? [...where, without] : where,
    by: [],
    grain: 'none',
    compare: 'previous',
    normalise: 'none',
    top: null,
    sort: [],
  };
}

function said(ended: boolean, days: string, before: string): string {
  return ended ? `Cost in ${before}, and none in ${days}.` : `Cost in ${days}, and none in ${before}.`;
}

/** Has none any more: nothing, or nothing but zero. */
export function hasEnded(row: Row, measure: string): boolean {
  return isZero(row[measure] ?? '0') && !isZero(row[`previous_${measure}`] ?? '0');
}

interface GroupsProps {
  about: CostQuery; // by one dimension
  ended: boolean;
}

/** One kind of thing; a row leads to its bill lines, of the days in which it had any. */
function Groups({ about, ended }: GroupsProps) {
  const [dimension = ''] = about.by;
  const [measure = ''] = about.measures;
  const label = useDimensionLabel()(dimension);
  const asked = { ...about, sort: ended ? [`-previous_${measure}`] : [] };
  const found = ended ? hasEnded : isNew;
  return (
    <Panel title={label} tools={<ExportMenu query={asked} />}>
      <SliceTable
        key={String(ended)}
        asked={asked}
        caption={`${ended ? 'Ended' : 'New'}: ${label}`}
        empty={ended ? 'Nothing ended' : 'Nothing new'}
        only={(row) => groupOf(row, dimension) !== NO_VALUE && found(row, measure)}
        brief={!ended}
        to={(row, answer) => {
          const before = ended && answer.compare ? { period: answer.compare } : null;
          const days = before ? narrowed({ ...about, compare: 'none' }, before) : narrowed(about, answer);
          return {
            path: '/explore',
            text: linesText(days, [filterFor(dimension, groupOf(row, dimension))], dimension),
          };
        }}
      />
    </Panel>
  );
}
