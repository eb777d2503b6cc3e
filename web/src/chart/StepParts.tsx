import type { CSSProperties } from 'react';
import { isNegative, MINUS, money } from '../format/format';
import { Mark } from './Legend';
import type { ChartSpec, Step } from './spec';
import { isCut, LESS, MORE, swatchOf, WHOLE } from './waterfall';

/** "+1,204.33": a step says which way it goes. */
export function signed(amount: string): string {
  const text = money(amount);
  return isNegative(amount) || text === '0.00' || text.startsWith(MINUS) ? text : `+${text}`;
}

function isWhole({ kind }: Step): boolean {
  return kind === 'start' || kind === 'end';
}

export function StepTip({ step, unit, side }: { step: Step; unit: string; side: CSSProperties }) {
  return (
    <div className="tip" style={side} role="presentation">
      <div className="tip-head">
        <strong>
          <Mark swatch={swatchOf(step)} /> {step.label}
        </strong>
      </div>
      <table>
        <tbody>
          <tr className="total">
            <td>{isWhole(step) ? 'Total' : 'Part of the change'}</td>
            <td className="num">
              {isWhole(step) ? money(step.amount) : signed(step.amount)} {unit}
            </td>
          </tr>
          {!isWhole(step) && (
            <tr>
              <td>From, to</td>
              <td className="num">
                {money(step.from)} → {money(step.to)}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

/** The same figures as text: a row per step. */
export function StepTable({
  spec,
  steps,
  title,
  height,
}: {
  spec: ChartSpec;
  steps: readonly Step[];
  title: string;
  height: number;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
    <div className="table-scroll" style={{ height }} role="group" tabIndex={0} aria-label={`${title}, as table`}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="sticky">
              Step
            </th>
            <th scope="col" className="num">
              Part, {spec.unit}
            </th>
            <th scope="col" className="num">
              Level after it
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={`${step.kind} ${step.key}`}>
              <th scope="row" className="sticky">
                {step.label}
              </th>
              <td className="num">{isWhole(step) ? '' : signed(step.amount)}</td>
              <td className={isWhole(step) ? 'num strong' : 'num'}>{money(step.to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function StepLegend({ spec }: { spec: ChartSpec }) {
  const steps = spec.steps ?? [];
  const shown = [
    { label: 'whole', swatch: WHOLE },
    { label: 'more', swatch: MORE },
    { label: 'less', swatch: LESS },
  ];
  return (
    <ul className="legend">
      {shown.map(({ label, swatch }) => (
        <li key={label} className="legend-note">
          <Mark swatch={swatch} /> {label}
        </li>
      ))}
      {isCut(steps) && <li className="legend-note">the axis does not begin at zero</li>}
    </ul>
  );
}
