/** The one chart: a figure with a caption, a focusable drawing, a cursor for mouse and keys, and its own table. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { usePalette } from '../ui/theme';
import { ChartTable } from './ChartTable';
import { ChartTip } from './ChartTip';
import { Legend } from './Legend';
import { PictureMenu } from './PictureMenu';
import type { ChartSpec } from './spec';
import { reading, summary } from './summary';
import { useDrawing } from './useDrawing';

export interface ChartProps {
  spec: ChartSpec;
  title: string;
  asTable?: boolean;
  height?: number;
  highlight?: string | null;
  onHighlight?: (key: string | null) => void;
  onGroup?: (key: string) => void;
  onRange?: (first: string, last: string) => void;
  onNote?: (first: string, last: string) => void; // buckets
}

export function Chart({
  spec,
  title,
  asTable = false,
  height = 280,
  highlight = null,
  onHighlight,
  onGroup,
  onRange,
  onNote,
}: ChartProps) {
  const caption = useId();
  const sentence = useMemo(() => summary(spec), [spec]);
  return (
    <figure className="chart" aria-labelledby={caption}>
      <figcaption id={caption} className="visually-hidden">
        {title}. {sentence}
      </figcaption>
      {asTable ? (
        <ChartTable spec={spec} title={title} height={height} />
      ) : (
        <Plot
          spec={spec}
          title={title}
          height={height}
          highlight={highlight}
          {...(onRange && { onRange })}
          {...(onNote && { onNote })}
        />
      )}
      <div className="chart-foot">
        <Legend spec={spec} highlight={highlight} {...(onHighlight && { onHighlight })} {...(onGroup && { onGroup })} />
        <div className="chart-take">
          <PictureMenu spec={spec} title={title} />
        </div>
      </div>
    </figure>
  );
}

interface PlotProps {
  spec: ChartSpec;
  title: string;
  height: number;
  highlight: string | null;
  onRange?: (first: string, last: string) => void;
  onNote?: (first: string, last: string) => void;
}

interface Cursor {
  index: number;
  anchor: number | null; // where a selection began
}

function Plot({ spec, title, height, highlight, onRange, onNote }: PlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const palette = usePalette();
  const drawing = useDrawing(holder, spec, palette, highlight);
  const dragging = useRef(false);
  const last = spec.buckets.length - 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another chart has no cursor yet
  useEffect(() => setCursor(null), [spec]);

  const choose = (from: Cursor | null) => {
    const span = ordered(from);
    if (!onRange || !span || span[0] === span[1]) return setCursor((at) => at && { ...at, anchor: null });
    const end = spec.buckets[span[1]];
    const start = spec.buckets[span[0]];
    if (start && end) onRange(start, end);
  };

  const note = () => {
    const [first, end] = ordered(cursor) ?? [last, last];
    onNote?.(spec.buckets[first] ?? '', spec.buckets[end] ?? '');
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -7,
      PageDown: 7,
      Home: -spec.buckets.length,
      End: spec.buckets.length,
    };
    const move = moves[event.key];
    if (move !== undefined) {
      const at = cursor?.index ?? (move > 0 ? -1 : last + 1);
      const index = Math.max(0, Math.min(last, at + move));
      setCursor({ index, anchor: event.shiftKey ? (cursor?.anchor ?? cursor?.index ?? index) : null });
    } else if (event.key === 'Enter') choose(cursor);
    else if (event.key === 'n' && onNote) note();
    else if (event.key === 'Escape') setCursor(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const span = ordered(cursor);
  return (
    <div
      className="plot"
      role="application"
      aria-roledescription="chart"
      aria-label={`${title}. Arrow keys read values${onRange ? ', Shift with arrows selects a range, Enter zooms to it' : ''}${onNote ? ', n notes what happened' : ''}.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows move its cursor
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => {
        const index = drawing.indexAt(event.clientX, event.clientY);
        setCursor((at) =>
          index === null
            ? dragging.current
              ? at
              : null
            : { index, anchor: dragging.current ? (at?.anchor ?? index) : null },
        );
      }}
      onPointerDown={(event) => {
        const index = drawing.indexAt(event.clientX, event.clientY);
        if (index === null || !onRange || event.pointerType === 'touch') return;
        dragging.current = true;
        setCursor({ index, anchor: index });
      }}
      onPointerUp={() => {
        if (dragging.current) choose(cursor);
        dragging.current = false;
      }}
      onPointerLeave={() => {
        dragging.current = false;
        setCursor(null);
      }}
    >
      <div ref={holder} className="plot-canvas" style={{ height }} />
      {!drawing.ready && <div className="skeleton plot-wait" style={{ height }} />}
      {span && drawing.ready && <CursorMark {...drawing.spanBox(span[0], span[1])} selecting={span[0] !== span[1]} />}
      {cursor && drawing.ready && (
        <ChartTip
          spec={spec}
          index={cursor.index}
          at={drawing.spanBox(cursor.index, cursor.index)}
          highlight={highlight}
        />
      )}
      <span className="visually-hidden" aria-live="polite">
        {cursor ? reading(spec, cursor.index) : ''}
      </span>
    </div>
  );
}

function ordered(cursor: Cursor | null): [number, number] | null {
  if (!cursor) return null;
  const { index, anchor } = cursor;
  return anchor === null ? [index, index] : [Math.min(index, anchor), Math.max(index, anchor)];
}

function CursorMark({ left, width, selecting }: { left: number; width: number; selecting: boolean }) {
  return (
    <div className={selecting ? 'plot-cursor selecting' : 'plot-cursor'} style={{ left, width }} aria-hidden="true" />
  );
}
