import { useCatalogue } from '../api/queries';
import type { Answer } from '../api/types';
import { halfOpen, known } from '../format/dates';
import { Picker } from '../ui/Picker';
import { useAddress } from './address';
import { Filters } from './Filters';
import { Freshness } from './Freshness';
import { PeriodPicker } from './PeriodPicker';
import { ShareMenu } from './ShareMenu';

const COMPARES = [
  { id: 'none', label: 'No comparison' },
  { id: 'previous', label: 'Days before', note: 'The same number of days, like for like' },
  { id: 'year', label: 'A year before', note: 'The same days last year' },
];

/** The question's words that every panel of a page shares, and what its answer says about its data. */
export function ScopeBar({ scope, answer }: { scope: 'full' | 'filters'; answer: Answer | undefined }) {
  const { query, go } = useAddress();
  const measures = useCatalogue().data?.measures.filter((measure) => measure.unit === 'currency') ?? [];
  const currencies = [...new Set([...(answer?.totals.map((row) => row.currency ?? '') ?? []), ...query.currency])]
    .filter(Boolean)
    .sort();
  const measure = query.measures[0] ?? 'effective_cost';
  return (
    <section className="scope" aria-label="Scope">
      <div className="scope-row">
        {scope === 'full' && (
          <PeriodPicker
            value={query.period}
            covered={known(answer?.period)}
            onChange={(period) => go({ query: { period } })}
          />
        )}
        {scope === 'full' && (
          <Picker
            label="Compare with"
            value={query.compare}
            choices={COMPARES}
            shown={compareText(query.compare, answer)}
            onChange={(compare) => go({ query: { compare, sort: [] } })}
          />
        )}
        <Picker
          label="Cost measure"
          value={measure}
          choices={measures.map(({ name, label, doc }) => ({ id: name, label, note: doc }))}
          shown={measures.find((item) => item.name === measure)?.label ?? measure}
          onChange={(name) => go({ query: { measures: [name], sort: [] } })}
        />
        {currencies.length > 1 && (
          <Picker
            label="Currency"
            value={query.currency.join(',')}
            choices={[{ id: '', label: 'Every currency' }, ...currencies.map((code) => ({ id: code, label: code }))]}
            onChange={(code) => go({ query: { currency: code ? [code] : [] } })}
          />
        )}
        <Filters />
        <div className="scope-end">
          <ShareMenu />
        </div>
      </div>
      <Freshness answer={answer} days={scope === 'full'} />
    </section>
  );
}

function compareText(compare: string, answer: Answer | undefined): string {
  if (compare === 'none') return 'No comparison';
  if (answer?.compare?.start) return `vs ${halfOpen(answer.compare)}`;
  return COMPARES.find((choice) => choice.id === compare)?.label ?? `vs ${compare}`;
}
