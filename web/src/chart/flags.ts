/** What happened, drawn: a pole on its day with a flag on top, and a band above the days of something longer. */
import type { Look } from './options';
import type { Flag } from './spec';

const CLOTH = 7; // its height; a day has room for as much at 320 px
const LENGTH = 9;

interface Api {
  value: (dimension: number) => number;
  coord: (at: [number, number]) => [number, number];
}

interface Room {
  coordSys: { y: number; height: number };
}

export function flagSeries(flags: readonly Flag[], look: Look): object {
  const color = look.palette.ink;
  return {
    type: 'custom',
    id: '(flags)',
    silent: true,
    z: 6,
    data: flags.map(({ first, last }) => [first, last]),
    encode: { x: [0, 1] },
    renderItem: ({ coordSys: { y, height } }: Room, api: Api) => {
      const [x] = api.coord([api.value(0), 0]);
      const [end] = api.coord([api.value(1), 0]);
      const cloth = [
        [x, y],
        [x + LENGTH, y + CLOTH / 2],
        [x, y + CLOTH],
      ];
      return {
        type: 'group',
        children: [
          { type: 'line', shape: { x1: x, y1: y, x2: x, y2: y + height }, style: { stroke: color, lineDash: [2, 3] } },
          { type: 'line', shape: { x1: x, y1: y, x2: end, y2: y }, style: { stroke: color, lineWidth: 2 } },
          { type: 'polygon', shape: { points: cloth }, style: { fill: color, stroke: look.palette.background } },
        ],
      };
    },
  };
}

/** The flags that stand on a bucket. */
export function flagsAt(flags: readonly Flag[] | undefined, index: number): Flag[] {
  return (flags ?? []).filter(({ first, last }) => first <= index && index <= last);
}
