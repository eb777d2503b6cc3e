import { useMemo, useState } from 'react';
import type { CurrencyChange } from '../api/types';
import { AsTable } from '../chart/AsTable';
import { Chart } from '../chart/Chart';
import { waterfallSpec } from '../chart/waterfall';
import { CAUSE } from './questions';

interface StepChartProps {
  change: CurrencyChange;
  measure: string;
  title: string;
  view: string;
}

/** The waterfall, and the same as a table. */
export function StepChart({ change, measure, title, view }: StepChartProps) {
  const [asTable, setAsTable] = useState(false);
  const steps = view === CAUSE ? change.steps : change.group_steps;
  const spec = useMemo(() => waterfallSpec(steps, measure, change.currency), [steps, measure, change.currency]);
  return (
    <div className="explain-chart">
      <AsTable pressed={asTable} onPress={() => setAsTable(!asTable)} what={change.currency} />
      <Chart spec={spec} title={title} asTable={asTable} height={300} />
    </div>
  );
}
