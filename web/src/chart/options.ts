/** ChartSpec to the options of the drawing library: pure, tested without a browser. */
import type { EChartsCoreOption } from 'echarts/core';
import { bucketLabel } from '../format/dates';
import { axis } from '../format/format';
import { flagSeries } from './flags';
import { colourOf, type Palette, type Swatch } from './palette';
import { position, running } from './position';
import type { ChartSpec, Series } from './spec';
import { waterfallOptions } from './waterfall';

const DIAGONAL = Math.PI / 4;

export interface Look {
  palette: Palette;
  width: number;
  font: string;
}

interface Decal {
  symbol: string;
  color: string;
  dashArrayX: number | number[];
  dashArrayY: number | number[];
  rotation: number;
  symbolSize?: number;
}

/** Diagonal gaps in the background's colour: what is incomplete looks incomplete without needing its colour. */
export function partialDecal(palette: Palette): Decal {
  return { symbol: 'rect', color: palette.background, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -DIAGONAL };
}

function textureDecal(swatch: Swatch, palette: Palette): Decal | null {
  if (swatch.texture === 'hatch')
    return { symbol: 'rect', color: palette.background, dashArrayX: [1, 0], dashArrayY: [1, 5], rotation: DIAGONAL };
  if (swatch.texture === 'dots')
    return {
      symbol: 'circle',
      color: palette.background,
      dashArrayX: [[6, 6] as unknown as number, 0],
      dashArrayY: [6, 0],
      rotation: 0,
      symbolSize: 0.5,
    };
  return null;
}

export function toOptions(spec: ChartSpec, look: Look): EChartsCoreOption {
  if (spec.steps) return waterfallOptions(spec, spec.steps, look);
  const drawn = spec.form === 'bars' ? bars(spec, look) : lines(spec, look);
  const series = spec.flags?.length ? [...drawn, flagSeries(spec.flags, look)] : drawn;
  const widest = extent(spec);
  return {
    textStyle: { fontFamily: look.font },
    animation: false, // a figure that moves cannot be read
    grid: { left: 4, right: 8, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: spec.buckets,
      boundaryGap: spec.form === 'bars',
      axisTick: { show: false },
      axisLine: { lineStyle: { color: look.palette.line } },
      axisLabel: {
        color: look.palette.muted,
        fontSize: 11,
        interval: labelEvery(spec.buckets.length, look.width) - 1,
        showMaxLabel: false,
        hideOverlap: true,
        formatter: (bucket: string) => bucketLabel(bucket, spec.grain),
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      scale: false,
      axisLabel: { color: look.palette.muted, fontSize: 11, formatter: (value: number) => axis(value, widest) },
      splitLine: { lineStyle: { color: look.palette.line } },
    },
    series,
  };
}

/** At most ten labels, fewer where they would touch. */
export function labelEvery(buckets: number, width: number): number {
  const room = Math.max(2, Math.min(10, Math.floor((width - 60) / 64)));
  return Math.max(1, Math.ceil(buckets / room));
}

/** Largest position the axis must hold, for one unit on the whole axis. */
function extent(spec: ChartSpec): number {
  const rows = spec.form === 'cumulative' ? running(spec.totals) : spec.totals.map(position);
  return Math.max(0, ...rows.map(Math.abs));
}

function bars(spec: ChartSpec, look: Look): object[] {
  const hatched = partialDecal(look.palette);
  const stacked = spec.series.map((series) => ({
    type: 'bar',
    id: series.key,
    name: series.label,
    stack: 'cost',
    barCategoryGap: spec.buckets.length > 60 ? '10%' : '22%',
    barMaxWidth: 56,
    emphasis: { focus: 'series' },
    blur: { itemStyle: { opacity: 0.22 } },
    // One texture for the series: the library makes a canvas for each bar that brings its own.
    itemStyle: {
      color: colourOf(series.swatch, look.palette),
      borderColor: look.palette.background,
      borderWidth: 0.5,
      decal: textureDecal(series.swatch, look.palette),
    },
    data: series.values.map((value, index) =>
      spec.partial[index] ? { value: position(value), itemStyle: { decal: hatched } } : position(value),
    ),
  }));
  return isMixed(spec) ? [...stacked, netLine(spec, look)] : stacked;
}

/** Whether anywhere one part adds and another takes away, so that the top of a stack is not the sum. */
export function isMixed(spec: ChartSpec): boolean {
  return spec.buckets.some((_, index) => {
    const signs = spec.series.map((series) => Math.sign(position(series.values[index])));
    return signs.includes(1) && signs.includes(-1);
  });
}

/** Credits stack below zero; the line says what is left. */
function netLine(spec: ChartSpec, look: Look): object {
  return {
    type: 'line',
    id: '(net)',
    name: 'Net',
    data: spec.totals.map((value) => (value === null ? null : position(value))),
    symbol: 'none',
    step: 'middle',
    silent: true,
    z: 5,
    lineStyle: { color: look.palette.ink, width: 1.5 },
  };
}

function lines(spec: ChartSpec, look: Look): object[] {
  const drawn = spec.series.map((series) => line(series, spec, look));
  const flat = drawn.flat();
  if (!spec.previous) return flat;
  const values =
    spec.form === 'cumulative'
      ? running(spec.previous)
      : spec.previous.map((value) => (value === null ? null : position(value)));
  return [
    ...flat,
    {
      type: 'line',
      id: '(previous)',
      name: 'Before, total',
      data: values,
      symbol: 'none',
      silent: true,
      lineStyle: { color: look.palette.muted, width: 1.5, type: 'dashed' },
    },
  ];
}

/** Solid up to the last complete bucket, dashed from there on. */
function line(series: Series, spec: ChartSpec, look: Look): object[] {
  const color = colourOf(series.swatch, look.palette);
  const values =
    spec.form === 'cumulative'
      ? running(series.values)
      : series.values.map((value) => (value === null ? null : position(value)));
  const from = spec.partial.indexOf(true);
  const base = {
    type: 'line',
    name: series.label,
    symbol: spec.buckets.length === 1 ? 'circle' : 'none',
    emphasis: { focus: 'series' },
    blur: { lineStyle: { opacity: 0.2 } },
  };
  const solid = values.map((value, index) => (from >= 0 && index >= from ? null : value));
  const out: object[] = [
    {
      ...base,
      id: series.key,
      data: solid,
      itemStyle: { color },
      lineStyle: { color, width: 2, type: series.swatch.texture === 'solid' ? 'solid' : 'dotted' },
    },
  ];
  if (from >= 0) {
    const dashed = values.map((value, index) => (index >= from - 1 ? value : null));
    out.push({
      ...base,
      id: `${series.key} partial`,
      data: dashed,
      silent: true,
      itemStyle: { color },
      lineStyle: { color, width: 2, type: 'dashed' },
    });
  }
  return out;
}
