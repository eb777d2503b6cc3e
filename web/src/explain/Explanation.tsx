import type { CurrencyChange, Explained } from '../api/types';
import { useAddress } from '../app/address';
import { useDimensionLabel } from '../app/Filters';
import { type Days, halfOpen, known, shift, shortDay } from '../format/dates';
import { exact, money } from '../format/format';
import { useHappenings } from '../notes/ask';
import { around, type Happening } from '../notes/happening';
import { NearNotes } from '../notes/NearNotes';
import { scopeText } from '../notes/scope';
import { type CostQuery, printFilter } from '../query/query';
import { ExportMenu } from '../table/ExportMenu';
import { Icon } from '../ui/Icon';
import { late } from '../ui/late';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { CopyText } from './CopyText';
import { MoversTable } from './MoversTable';
import { PartsTable } from './PartsTable';
import { CAUSE, explainQuery, ownedBy, type Why } from './questions';
import { StepChart } from './StepChart';
import { useExplained } from './useExplained';
import { Views } from './Views';

const Whose = late(() => import('./Whose'), <Skeleton lines={10} />);

interface ExplanationProps {
  query: CostQuery; // of the page
  why: Why;
  onView: (view: string) => void;
}

/** Whose it is, or which causes add up to its difference: a waterfall, by cause or by group, and down to resources. */
export function Explanation(shown: ExplanationProps) {
  const owned = ownedBy(shown.why.view);
  return owned === null ? <Change {...shown} /> : <Whose {...shown} dimension={owned} />;
}

function Change({ query, why, onView }: ExplanationProps) {
  const asked = explainQuery(query, why);
  const found = useExplained(asked);
  const days = daysAround(found.data);
  const happened = useHappenings(days, scopeText(asked.where)).data;
  if (asked.compare === 'none') return <NoCompare />;
  if (found.error && !found.data)
    return <Failure error={found.error} what="The explanation" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={14} />;
  return (
    <div className={found.isPlaceholderData ? 'stack is-old' : 'stack'} aria-busy={found.isPlaceholderData}>
      <Head found={found.data} why={why} query={asked} onView={onView} />
      <Said found={found.data} />
      {found.data.currencies.map((change) => (
        <Currency
          key={change.currency}
          found={found.data}
          change={change}
          view={why.view}
          query={asked}
          happened={happened}
        />
      ))}
      {days && (
        <Panel title="What happened meanwhile" note="in these days, and two days before and after">
          <NearNotes days={days} where={asked.where} />
        </Panel>
      )}
      <Basis found={found.data} />
    </div>
  );
}

function NoCompare() {
  const { go } = useAddress();
  return (
    <Empty
      title="Nothing to compare with"
      action={
        <button type="button" className="button primary" onClick={() => go({ query: { compare: 'previous' } })}>
          Compare with the days before
        </button>
      }
    >
      An explanation says why two periods differ. Choose what these days are held against.
    </Empty>
  );
}

interface HeadProps extends ExplanationProps {
  found: Explained;
}

function Head({ found, why, query, onView }: HeadProps) {
  return (
    <div className="explain-head">
      <p className="explain-spans">
        <strong>{halfOpen(found.compare)}</strong> → <strong>{halfOpen(found.period)}</strong>
        {why.filter && <span className="badge">{printFilter(why.filter)}</span>}
      </p>
      <div className="panel-tools">
        <Views view={why.view} onView={onView} />
        <CopyText text={found.currencies.map(({ text }) => text).join('\n')} />
        <ExportMenu query={query} of="costs/explain" name="the explanation" />
      </div>
    </div>
  );
}

/** States in which there is little or nothing to explain. */
function Said({ found }: { found: Explained }) {
  if (!found.known_before)
    return <Empty title="Nothing to compare with">No data is loaded for {halfOpen(found.compare)}.</Empty>;
  if (found.currencies.length === 0)
    return <Empty title="Nothing to explain">There is no cost in either of the periods.</Empty>;
  return null;
}

interface CurrencyProps {
  found: Explained;
  change: CurrencyChange;
  view: string;
  query: CostQuery;
  happened: readonly Happening[] | undefined;
}

/** The days being explained and two more; what they are held against lies too far back to be a cause. */
export function daysAround(found: Explained | undefined): Days | null {
  const days = known(found?.period);
  return days && around(days.start, shift(days.end.slice(0, 10), -1));
}

function Currency({ found, change, view, query, happened }: CurrencyProps) {
  const { currency } = change;
  const label = useDimensionLabel();
  const name = view === CAUSE ? 'cause' : label(view).toLowerCase();
  const title = `${found.measure.label} in ${currency}, by ${name}`;
  return (
    <>
      <Panel title={title} note={<Sides change={change} />}>
        {change.quiet ? (
          <Empty title="Nothing above the noise floor">
            No cause and no resource moved by {money(found.floor)} {currency} or more.
          </Empty>
        ) : (
          <StepChart change={change} measure={found.measure.label} title={title} view={view} />
        )}
        <p className="explain-text">{change.text}</p>
      </Panel>
      <Panel title={`Parts by ${name}`}>
        <PartsTable found={found} change={change} view={view} query={query} />
      </Panel>
      {change.movers.length > 0 && (
        <Panel title="What moved most" note={`from ${money(found.floor)} ${currency} on`}>
          <MoversTable found={found} change={change} view={view} query={query} {...(happened && { happened })} />
        </Panel>
      )}
    </>
  );
}

function Sides({ change }: { change: CurrencyChange }) {
  return (
    <span className="num" title={`${exact(change.before)} → ${exact(change.now)} ${change.currency}`}>
      {money(change.before)} → {money(change.now)} {change.currency}
    </span>
  );
}

function Basis({ found }: { found: Explained }) {
  return (
    <>
      {found.late.length > 0 && (
        <div className="notice warn compact">
          <Icon name="warn" size={16} />
          <ul>
            {found.late.map((cut) => (
              <li key={cut.source}>
                {cut.label} is compared to before {shortDay(cut.now, true)} only; what lies after is late data, in both
                periods.
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="table-note">
        {found.basis === 'billing' ? 'billing periods' : 'charge days, UTC'} · data to{' '}
        {shortDay(found.complete_to, true)} · rules v{found.rules_version}
      </p>
    </>
  );
}
