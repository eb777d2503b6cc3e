import { shortened } from '../format/format';
import { usePalette } from '../ui/theme';
import { colourOf, type Swatch } from './palette';
import { StepLegend } from './StepParts';
import type { ChartSpec } from './spec';

export function Mark({ swatch }: { swatch: Swatch }) {
  const palette = usePalette();
  return (
    <span
      className={`mark ${swatch.texture}`}
      style={{ backgroundColor: colourOf(swatch, palette) }}
      aria-hidden="true"
    />
  );
}

/** Letters of a name that are shown; the title has them all. */
export const NAME_MOST = 32;

interface LegendProps {
  spec: ChartSpec;
  highlight: string | null;
  onHighlight?: (key: string | null) => void;
  onGroup?: (key: string) => void;
}

/** Names beside their colours. Hover lights a group up here, in the drawing and in the table; a click opens it. */
export function Legend({ spec, highlight, onHighlight, onGroup }: LegendProps) {
  if (spec.steps) return <StepLegend spec={spec} />;
  if (spec.series.length === 1 && spec.series[0]?.kind === 'total' && !spec.previous && !spec.partial.includes(true))
    return null;
  return (
    <ul className="legend">
      {spec.series.map((series) => (
        <li key={series.key}>
          <button
            type="button"
            className={highlight === series.key ? 'legend-item is-lit' : 'legend-item'}
            disabled={!onGroup || series.kind === 'other' || series.kind === 'total'}
            title={onGroup && series.kind !== 'other' ? `Only ${series.title ?? series.label}` : series.label}
            onMouseEnter={() => onHighlight?.(series.key)}
            onMouseLeave={() => onHighlight?.(null)}
            onFocus={() => onHighlight?.(series.key)}
            onBlur={() => onHighlight?.(null)}
            onClick={() => onGroup?.(series.key)}
          >
            <Mark swatch={series.swatch} />
            <span>{shortened(series.label, NAME_MOST)}</span>
          </button>
        </li>
      ))}
      {spec.partial.includes(true) && (
        <li className="legend-note">
          <span className="mark partial" aria-hidden="true" /> not complete yet
        </li>
      )}
      {spec.previous && spec.form !== 'bars' && (
        <li className="legend-note">
          <span className="mark dashed" aria-hidden="true" /> before, total
        </li>
      )}
    </ul>
  );
}
