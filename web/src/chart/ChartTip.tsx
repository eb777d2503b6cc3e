import { bucketLabel, weekday } from '../format/dates';
import { money, shortened } from '../format/format';
import { Icon } from '../ui/Icon';
import { flagsAt } from './flags';
import { Mark, NAME_MOST } from './Legend';
import { StepTip } from './StepParts';
import type { ChartSpec } from './spec';
import type { Box } from './useDrawing';

const SHOWN = 12;
const MOST = 340; // px
const APART = 8;

/** Beside the cursor, never under it; drawn by us, since the policy allows no markup from a library. */
export function ChartTip({
  spec,
  index,
  at,
  highlight,
}: {
  spec: ChartSpec;
  index: number;
  at: Box;
  highlight: string | null;
}) {
  const bucket = spec.buckets[index] ?? '';
  const onLeft = at.left > at.total / 2;
  const room = Math.min(MOST, (onLeft ? at.left : at.total - at.left - at.width) - APART);
  const side = {
    ...(onLeft ? { right: at.total - at.left + APART } : { left: at.left + at.width + APART }),
    maxWidth: room,
  };
  const step = spec.steps?.[index];
  if (step) return <StepTip step={step} unit={spec.unit} side={side} />;
  const rows = [...spec.series].reverse().filter((series) => series.values[index] !== null && series.kind !== 'total');
  const shown = rows.reverse().slice(0, SHOWN);
  return (
    <div className="tip" style={side} role="presentation">
      <div className="tip-head">
        <strong>
          {spec.grain === 'day' ? `${weekday(bucket)} ` : spec.grain === 'week' ? 'Week of ' : ''}
          {bucketLabel(bucket, spec.grain)}
        </strong>
        {spec.partial[index] && <span className="badge warn">partial</span>}
      </div>
      <table>
        <tbody>
          {shown.map((series) => (
            <tr key={series.key} className={highlight === series.key ? 'is-lit' : undefined}>
              <td>
                <Mark swatch={series.swatch} /> {shortened(series.label, NAME_MOST)}
              </td>
              <td className="num">{money(series.values[index])}</td>
            </tr>
          ))}
          <tr className="total">
            <td>Total</td>
            <td className="num">
              {money(spec.totals[index])} {spec.unit}
            </td>
          </tr>
          {spec.previous && (
            <tr>
              <td>Before</td>
              <td className="num">{money(spec.previous[index])}</td>
            </tr>
          )}
        </tbody>
      </table>
      {flagsAt(spec.flags, index).map(({ key, text }) => (
        <p key={key} className="tip-note">
          <Icon name="flag" size={12} /> {text}
        </p>
      ))}
    </div>
  );
}
