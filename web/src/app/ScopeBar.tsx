import { useCatalogue } from '../api/queries';
import type { Answer } from '../api/types';
import { known } from '../format/dates';
import { moved } from '../query/narrowed';
import { Picker } from '../ui/Picker';
import { ViewsMenu } from '../views/ViewsMenu';
import { useAddress } from './address';
import { ComparePicker } from './ComparePicker';
import { Filters } from './Filters';
import { Freshness } from './Freshness';
import { PeriodPicker } from './PeriodPicker';
import type { Scope } from './pages';
import { ShareMenu } from './ShareMenu';

/** The question's words that every panel of a page shares, and what its answer says about its data. */
export function ScopeBar({ scope, answer }: { scope: Scope; answer: Answer | undefined }) {
  const { query, go } = useAddress();
  const measures = useCatalogue().data?.measures.filter((measure) => measure.unit === 'currency') ?? [];
  const currencies = [...new Set([...(answer?.totals.map((row) => row.currency ?? '') ?? []), ...query.currency])]
    .filter(Boolean)
    .sort();
  const measure = query.measures[0] ?? 'effective_cost';
  const days = scope === 'full' || scope === 'slice' || scope === 'days';
  const narrows = scope === 'full' || scope === 'slice' || scope === 'filters';
  return (
    <section className="scope" aria-label="Scope">
      <div className="scope-row">
        {days && (
          <PeriodPicker
            value={query.period}
            covered={known(answer?.period)}
            onChange={(period) => go({ query: moved(query, period) })}
          />
        )}
        {scope === 'full' && (
          <ComparePicker
            value={query.compare}
            answer={answer}
            onChange={(compare) => go({ query: { compare, sort: [] } })}
          />
        )}
        {scope === 'full' && (
          <button
            type="button"
            className="button"
            aria-pressed={query.normalise === 'day'}
            title="Divide by the days of each range, so that ranges of unequal length compare"
            onClick={() => go({ query: { normalise: query.normalise === 'day' ? 'none' : 'day' } })}
          >
            Per day
          </button>
        )}
        {narrows && (
          <Picker
            label="Cost measure"
            value={measure}
            choices={measures.map(({ name, label, doc }) => ({ id: name, label, note: doc }))}
            shown={measures.find((item) => item.name === measure)?.label ?? measure}
            onChange={(name) => go({ query: { measures: [name], sort: [] } })}
          />
        )}
        {narrows && currencies.length > 1 && (
          <Picker
            label="Currency"
            value={query.currency.join(',')}
            choices={[{ id: '', label: 'Every currency' }, ...currencies.map((code) => ({ id: code, label: code }))]}
            onChange={(code) => go({ query: { currency: code ? [code] : [] } })}
          />
        )}
        {narrows && <Filters names={answer?.names} />}
        <div className="scope-end">
          <ViewsMenu />
          <ShareMenu days={days} />
        </div>
      </div>
      {scope !== 'address' && <Freshness answer={answer} days={days} />}
    </section>
  );
}
