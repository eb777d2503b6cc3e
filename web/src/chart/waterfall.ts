/** A waterfall: what was, each step from where the one before ended, what is. The server has added it all up. */
import type { EChartsCoreOption } from 'echarts/core';
import { axis } from '../format/format';
import type { Look } from './options';
import { colourOf, OTHER, type Palette, type Swatch } from './palette';
import { position } from './position';
import type { ChartSpec, Step } from './spec';

export const MORE: Swatch = { slot: 4, texture: 'solid' }; // warm
export const LESS: Swatch = { slot: 7, texture: 'solid' }; // cool
export const WHOLE: Swatch = { slot: 0, texture: 'solid' };
/** From this part of the highest level on, an axis from zero would make the steps too small to see. */
const CUT_FROM = 0.6;
const BAR = 0.62; // of the room of a step
const NARROW = 560;

export function waterfallSpec(steps: readonly Step[], measure: string, unit: string): ChartSpec {
  return {
    form: 'waterfall',
    measure,
    unit,
    grain: 'day',
    buckets: steps.map(({ key }) => key),
    partial: steps.map(() => false),
    series: [],
    totals: steps.map(({ amount }) => amount),
    previous: null,
    steps,
  };
}

export function swatchOf({ kind, from, to }: Step): Swatch {
  if (kind === 'start' || kind === 'end') return WHOLE;
  if (kind === 'other') return OTHER;
  return position(to) < position(from) ? LESS : MORE;
}

/** Whether the axis begins above zero, which the chart then says. */
export function isCut(steps: readonly Step[]): boolean {
  const levels = steps.map(({ to }) => position(to));
  const lowest = Math.min(...levels);
  return lowest > 0 && lowest > Math.max(...levels) * CUT_FROM;
}

export function waterfallOptions(spec: ChartSpec, steps: readonly Step[], look: Look): EChartsCoreOption {
  const cut = isCut(steps);
  const widest = Math.max(0, ...steps.map(({ to }) => Math.abs(position(to))));
  const narrow = look.width < NARROW;
  const room = Math.max(24, Math.floor((look.width - 70) / Math.max(1, steps.length)) - 6);
  return {
    textStyle: { fontFamily: look.font },
    animation: false,
    grid: { left: 4, right: 8, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: spec.buckets,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: look.palette.line } },
      axisLabel: {
        color: look.palette.muted,
        fontSize: 11,
        interval: 0,
        rotate: narrow ? 55 : 0,
        width: narrow ? 84 : room,
        overflow: 'truncate',
        formatter: (_key: string, index: number) => steps[index]?.label ?? '',
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      scale: cut,
      axisLabel: { color: look.palette.muted, fontSize: 11, formatter: (value: number) => axis(value, widest) },
      splitLine: { lineStyle: { color: look.palette.line } },
    },
    series: [
      {
        type: 'custom',
        id: 'steps',
        encode: { x: 0, y: cut ? [2, 3] : [1, 2] },
        data: steps.map((step, index) => pixels(step, index)),
        renderItem: (params: Params, api: Api) => drawn(params, api, steps, look.palette, cut),
      },
    ],
  };
}

/** Place, from, to; and the end that a cut axis must hold: all of a step, only the top of a whole. */
function pixels({ kind, from, to }: Step, index: number): number[] {
  const whole = kind === 'start' || kind === 'end';
  return [index, position(from), position(to), whole ? position(to) : position(from)];
}

interface Params {
  dataIndex: number;
  coordSys: { y: number; height: number };
}

interface Api {
  value: (dimension: number) => number;
  coord: (point: [number, number]) => [number, number];
  size: (span: [number, number]) => [number, number];
}

function drawn({ dataIndex, coordSys }: Params, api: Api, steps: readonly Step[], palette: Palette, cut: boolean) {
  const step = steps[dataIndex];
  if (!step) return null;
  const whole = step.kind === 'start' || step.kind === 'end';
  const bottom = coordSys.y + coordSys.height;
  const [x, y] = api.coord([dataIndex, api.value(2)]);
  const [, other] = whole && cut ? [x, bottom] : api.coord([dataIndex, api.value(1)]);
  const width = Math.min(72, api.size([1, 0])[0] * BAR);
  const gap = api.size([1, 0])[0] - width;
  const bar = {
    type: 'rect',
    shape: { x: x - width / 2, y: Math.min(y, other), width, height: Math.max(1, Math.abs(other - y)) },
    style: { fill: colourOf(swatchOf(step), palette) },
  };
  const connector = {
    type: 'line',
    shape: { x1: x + width / 2, y1: y, x2: x + width / 2 + gap, y2: y },
    style: { stroke: palette.muted, lineWidth: 1, lineDash: [3, 3] },
  };
  return { type: 'group', children: step.kind === 'end' ? [bar] : [bar, connector] };
}
