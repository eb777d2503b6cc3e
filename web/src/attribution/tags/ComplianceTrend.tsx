import { useMemo, useState } from 'react';
import { AsTable } from '../../chart/AsTable';
import { Chart } from '../../chart/Chart';
import { type ChartSpec, isPartial } from '../../chart/spec';
import { shift } from '../../format/dates';
import type { CostQuery } from '../../query/query';
import { Failure, Panel, Skeleton } from '../../ui/States';
import { type Compliance, type Policy, useComplianceTrend } from './ask';

const TITLE = 'Compliance by month';
const HEIGHT = 240;
const PARTS = [
  { key: 'compliant', label: 'Compliant', slot: 2 },
  { key: 'missing', label: 'Key missing', slot: 1 },
  { key: 'not_allowed', label: 'Value not allowed', slot: 4 },
] as const;

interface TrendProps {
  query: CostQuery;
  found: Compliance;
  policy: Policy;
  tag: string;
}

/** What a policy judged, month by month, in its three parts; a chart for each currency. */
export function ComplianceTrend({ query, found, policy, tag }: TrendProps) {
  const trend = useComplianceTrend(query, found, policy.id);
  if (trend.error && !trend.data)
    return (
      <Panel title={TITLE}>
        <Failure error={trend.error} what="The months" retry={() => trend.refetch()} />
      </Panel>
    );
  if (!trend.data)
    return (
      <Panel title={TITLE}>
        <Skeleton height={HEIGHT + 36} />
      </Panel>
    );
  const currencies = currenciesOf(trend.data, tag);
  return currencies.map((currency) => (
    <TrendPanel
      key={currency}
      title={currencies.length > 1 ? `${TITLE}, ${currency}` : TITLE}
      trend={trend.data}
      tag={tag}
      currency={currency}
      busy={trend.isPlaceholderData}
    />
  ));
}

interface PanelProps {
  title: string;
  trend: Compliance;
  tag: string;
  currency: string;
  busy: boolean;
}

function TrendPanel({ title, trend, tag, currency, busy }: PanelProps) {
  const [asTable, setAsTable] = useState(false);
  const spec = useMemo(() => specOf(trend, tag, currency), [trend, tag, currency]);
  return (
    <Panel
      title={title}
      note={currency}
      className="chart-panel"
      busy={busy}
      tools={<AsTable pressed={asTable} onPress={() => setAsTable(!asTable)} />}
    >
      <Chart spec={spec} title={title} asTable={asTable} height={HEIGHT} />
    </Panel>
  );
}

/** In the order of the answer. */
export function currenciesOf({ totals }: Pick<Compliance, 'totals'>, tag: string): string[] {
  return [...new Set(totals.filter((row) => (row.key ?? '') === tag).map(({ currency }) => currency))];
}

type Trend = Pick<Compliance, 'totals' | 'period' | 'complete_to'>;

/** One key and currency, a bar for each month; the server has added up the parts. */
export function specOf({ totals, period, complete_to }: Trend, tag: string, currency: string): ChartSpec {
  const months = totals
    .filter((row) => (row.key ?? '') === tag && row.currency === currency)
    .sort((a, b) => ((a.bucket ?? '') < (b.bucket ?? '') ? -1 : 1));
  // A month is cut by the days that are asked about as well as by what is not delivered yet.
  const asked = period.end ? shift(period.end, -1) : complete_to;
  const last = asked < complete_to ? asked : complete_to;
  return {
    form: 'bars',
    measure: 'Cost judged',
    unit: currency,
    grain: 'month',
    buckets: months.map(({ bucket }) => bucket ?? ''),
    partial: months.map(({ bucket }) => isPartial(bucket ?? '', 'month', last)),
    series: PARTS.map(({ key, label, slot }) => ({
      key,
      label,
      kind: 'group',
      swatch: { slot, texture: 'solid' },
      values: months.map((row) => row[key]),
    })),
    totals: months.map(({ judged }) => judged),
    previous: null,
  };
}
