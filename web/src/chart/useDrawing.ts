import { type RefObject, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { afterPaint } from '../ui/afterPaint';
import { Seen } from '../ui/seen';
import { toOptions } from './options';
import type { Palette } from './palette';
import type { ChartSpec } from './spec';

type Engine = typeof import('./engine');
type Instance = ReturnType<Engine['init']>;

export interface Box {
  left: number;
  width: number;
  total: number; // width of the whole plot
}

/** Keeps a drawing in step with its spec, its theme and the width it is given; it is drawn last, as it takes longest. */
export function useDrawing(
  holder: RefObject<HTMLDivElement | null>,
  spec: ChartSpec,
  palette: Palette,
  highlight: string | null,
) {
  const chart = useRef<Instance | null>(null);
  const seen = useContext(Seen);
  const [width, setWidth] = useState(0);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    const element = holder.current;
    if (!element || !seen) return;
    let gone = false;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    const cancel = afterPaint(async () => {
      const { init } = await import('./engine'); // reading it takes longer than the rest of a page
      if (gone) return;
      chart.current = init(element, null, { renderer: 'canvas' });
      setReady(true);
    });
    return () => {
      gone = true;
      cancel();
      observer.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, [holder, seen]);

  useEffect(() => {
    if (!ready || !chart.current || width === 0) return;
    return afterPaint(() => {
      const font = getComputedStyle(document.documentElement).fontFamily;
      if (chart.current?.getWidth() !== width) chart.current?.resize({ width }); // it draws what was there once more
      chart.current?.setOption(toOptions(spec, { palette, width, font }), { notMerge: true });
    });
  }, [spec, palette, width, ready]);

  useEffect(() => {
    if (!ready || !chart.current) return;
    chart.current.dispatchAction({ type: 'downplay' });
    if (highlight !== null) chart.current.dispatchAction({ type: 'highlight', seriesId: highlight });
  }, [highlight, ready]);

  const indexAt = useCallback(
    (clientX: number, clientY: number): number | null => {
      const box = holder.current?.getBoundingClientRect();
      if (!box || !chart.current || spec.buckets.length === 0) return null;
      const point = [clientX - box.left, clientY - box.top];
      if (!chart.current.containPixel({ gridIndex: 0 }, point)) return null;
      const index = Math.round(chart.current.convertFromPixel({ xAxisIndex: 0 }, point[0] ?? 0));
      return index >= 0 && index < spec.buckets.length ? index : null;
    },
    [holder, spec],
  );

  const spanBox = useCallback(
    (first: number, last: number): Box => {
      const total = holder.current?.clientWidth ?? 0;
      const left = chart.current?.convertToPixel({ xAxisIndex: 0 }, first) ?? 0;
      const right = chart.current?.convertToPixel({ xAxisIndex: 0 }, last) ?? 0;
      const next = chart.current?.convertToPixel({ xAxisIndex: 0 }, first === 0 ? 1 : first - 1) ?? 0;
      const band = (spec.form === 'bars' || spec.steps) && spec.buckets.length > 1 ? Math.abs(next - left) : 2;
      return { left: left - band / 2, width: right - left + band, total };
    },
    [holder, spec],
  );

  return { ready, indexAt, spanBox };
}
