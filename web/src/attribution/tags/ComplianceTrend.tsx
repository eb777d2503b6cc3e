import { useMemo, useState } from 'react';
import { AsTable } from '../../chart/AsTable';
import { Chart } from '../../chart/Chart';
import type { ChartSpec } from '../../chart/spec';
import type { CostQuery } from '../../query/query';
import { Failure, Panel, Skeleton } from '../../ui/States';
import { type Compliance, type ComplianceRow, type Policy, useComplianceTrend } from './ask';

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

/** What a policy judged, month by month, in its three parts. */
export function ComplianceTrend({ query, found, policy, tag }: TrendProps) {
  const trend = useComplianceTrend(query, found, policy.id);
  const [asTable, setAsTable] = useState(false);
  const totals = trend.data?.totals;
  const currency = found.totals[0]?.currency ?? '';
  const spec = useMemo(
    () =>
      totals
        ? specOf(
            totals.filter((row) => (row.key ?? '') === tag && row.currency === currency),
            currency,
          )
        : null,
    [totals, tag, currency],
  );
  if (spec?.buckets.length === 0) return null;
  const title = 'Compliance by month';
  return (
    <Panel
      title={title}
      note={currency}
      className="chart-panel"
      busy={trend.isPlaceholderData}
      tools={<AsTable pressed={asTable} onPress={() => setAsTable(!asTable)} />}
    >
      {trend.error && !trend.data ? (
        <Failure error={trend.error} what="The months" retry={() => trend.refetch()} />
      ) : !spec ? (
        <Skeleton height={HEIGHT + 36} />
      ) : (
        <Chart spec={spec} title={title} asTable={asTable} height={HEIGHT} />
      )}
    </Panel>
  );
}

/** Rows of one key and currency, a month each; the server has added up their parts. */
export function specOf(rows: readonly ComplianceRow[], currency: string): ChartSpec {
  const months = [...rows].sort((a, b) => ((a.bucket ?? '') < (b.bucket ?? '') ? -1 : 1));
  return {
    form: 'bars',
    measure: 'Cost judged',
    unit: currency,
    grain: 'month',
    buckets: months.map(({ bucket }) => bucket ?? ''),
    partial: months.map(() => false),
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
