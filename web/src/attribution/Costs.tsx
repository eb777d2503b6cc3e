import type * as schema from '../api/schema';
import { MoneyCell } from '../table/cells';

/** An amount in each currency, one after the other. */
export function Costs({ cost }: { cost: readonly schema.EffectiveCost[] }) {
  if (cost.length === 0) return <>–</>;
  return (
    <>
      {cost.map(({ currency, effective_cost }, at) => (
        <span key={currency}>
          {at > 0 && ' · '}
          <MoneyCell amount={effective_cost} /> {currency}
        </span>
      ))}
    </>
  );
}
