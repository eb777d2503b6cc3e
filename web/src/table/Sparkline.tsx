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

const STRIP_WIDTH = 600;
const STRIP_HEIGHT = 64;

interface StripProps {
  values: readonly (string | null)[];
  said: string; // what it shows, for those who do not see it
}

/** A small line from left to right, the newest point marked; a gap where a value is not known. Its figures stand beside it. */
export function Strip({ values, said }: StripProps) {
  const heights = values.map((value) => (value === null ? null : position(value)));
  const known = heights.filter((height) => height !== null);
  const low = Math.min(0, ...known);
  const span = Math.max(0, ...known) - low || 1;
  const x = (index: number) => EDGE + (index * (STRIP_WIDTH - 2 * EDGE)) / Math.max(values.length - 1, 1);
  const y = (height: number) => STRIP_HEIGHT - EDGE - ((height - low) / span) * (STRIP_HEIGHT - 2 * EDGE);
  const path = heights.map((height, index) => {
    if (height === null) return '';
    const before = index > 0 ? heights[index - 1] : null;
    return `${before === null || before === undefined ? 'M' : 'L'}${x(index)} ${y(height)}`;
  });
  const last = heights.length - 1;
  const end = heights[last];
  return (
    <div className="strip">
      <svg aria-hidden="true" viewBox={`0 0 ${STRIP_WIDTH} ${STRIP_HEIGHT}`} preserveAspectRatio="none">
        <line x1={0} x2={STRIP_WIDTH} y1={y(0)} y2={y(0)} />
        <path d={path.join('')} />
        {end !== null && end !== undefined && <circle cx={x(last)} cy={y(end)} r="3" />}
      </svg>
      <span className="visually-hidden">{said}</span>
    </div>
  );
}
