import { position } from './position';

const WIDTH = 600;
const HEIGHT = 64;
const EDGE = 4; // room for the mark of the last point

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
  const x = (index: number) => EDGE + (index * (WIDTH - 2 * EDGE)) / Math.max(values.length - 1, 1);
  const y = (height: number) => HEIGHT - EDGE - ((height - low) / span) * (HEIGHT - 2 * EDGE);
  const path = heights.map((height, index) => {
    if (height === null) return '';
    const before = index > 0 ? heights[index - 1] : null;
    return `${before === null || before === undefined ? 'M' : 'L'}${x(index)} ${y(height)}`;
  });
  const last = heights.length - 1;
  const end = heights[last];
  return (
    <div className="strip">
      <svg aria-hidden="true" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        <line x1={0} x2={WIDTH} y1={y(0)} y2={y(0)} />
        <path d={path.join('')} />
        {end !== null && end !== undefined && <circle cx={x(last)} cy={y(end)} r="3" />}
      </svg>
      <span className="visually-hidden">{said}</span>
    </div>
  );
}
