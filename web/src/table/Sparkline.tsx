import { position } from '../chart/position';
import { money } from '../format/format';

const WIDTH = 72;
const HEIGHT = 20;
const POINTS = 13;
const EDGE = 3; // room for the mark of the last point

interface SparklineProps {
  values: readonly (string | null)[];
  unit: string; // what a point is of
  said?: (value: string) => string;
}

/** The last points of a group, the newest marked; what it shows is said beside it for those who do not see it. */
export function Sparkline({ values, unit, said = money }: SparklineProps) {
  const shown = values.slice(-POINTS);
  if (shown.length < 2 || shown.every((value) => value === null)) return <>–</>;
  const heights = shown.map(position);
  const low = Math.min(0, ...heights);
  const span = Math.max(0, ...heights) - low || 1;
  const x = (index: number) => EDGE + (index * (WIDTH - 2 * EDGE)) / (shown.length - 1);
  const y = (height: number) => HEIGHT - EDGE - ((height - low) / span) * (HEIGHT - 2 * EDGE);
  const last = shown.length - 1;
  return (
    <span className="spark">
      <svg aria-hidden="true" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
        <polyline points={heights.map((height, index) => `${x(index)},${y(height)}`).join(' ')} />
        <circle cx={x(last)} cy={y(heights[last] ?? 0)} r="2.5" />
      </svg>
      <span className="visually-hidden">
        {said(shown[0] ?? '0')} to {said(shown[last] ?? '0')}, last {shown.length} {unit}s
      </span>
    </span>
  );
}
