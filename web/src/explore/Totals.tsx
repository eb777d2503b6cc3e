import { perDay } from '../api/queries';
import type { Answer } from '../api/types';
import { change } from '../format/change';
import { exact, money } from '../format/format';
import { factsOf } from './groupColumns';

/** The whole scope's total, per currency, with its change. */
export function Totals({ answer, measure }: { answer: Answer | undefined; measure: string }) {
  if (!answer) return <div className="totals">&nbsp;</div>;
  return (
    <div className="totals">
      {answer.totals.map((total) => {
        const said = change(factsOf(total, measure));
        return (
          <p key={total.currency} className="total-figure">
            <data value={total[measure] ?? ''} title={`${exact(total[measure])} ${total.currency}`}>
              {money(total[measure])}
            </data>
            {'\u00a0'}
            <span className="unit">
              {total.currency}
              {perDay(answer, measure)}
            </span>{' '}
            {said && <span className={`change ${said.direction}`}>{said.text}</span>}
          </p>
        );
      })}
    </div>
  );
}
