/** A chart as a picture that says by itself what it shows: title, drawing, legend, unit. */
import { count, shortened } from '../format/format';
import { toOptions } from './options';
import { colourOf, type Palette, type Swatch } from './palette';
import type { ChartSpec } from './spec';

const WIDTH = 960;
const HEIGHT = 360;
const EDGE = 20;
const LINE = 22;
const LETTER = 7; // about the width of a letter of the legend
const FONT = 'system-ui, sans-serif';
const NAME_MOST = 60;
const SCALE = 2; // pixels of a PNG for each of the drawing's

const MARKUP: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const CONTROLS = /\p{Cc}|[\ufffe\uffff]/gu; // XML holds none of them

/** Text that a tag may have brought along, as XML holds it. */
export function escaped(text: string): string {
  return text.replace(CONTROLS, '').replace(/[&<>"']/g, (sign) => MARKUP[sign] ?? sign);
}

interface Placed {
  x: number;
  y: number;
  label: string;
  swatch: Swatch;
}

/** Where the names stand below the drawing, as many in a line as fit. */
export function placed(names: readonly { label: string; swatch: Swatch }[]): Placed[] {
  let x = EDGE;
  let y = 0;
  return names.map(({ label, swatch }) => {
    const width = label.length * LETTER + 40;
    if (x > EDGE && x + width > WIDTH - EDGE) {
      x = EDGE;
      y += LINE;
    }
    const at = { x, y, label, swatch };
    x += width;
    return at;
  });
}

const TEXTURES: Record<Swatch['texture'], string> = {
  solid: '',
  hatch: 'M0 6L6 0M4 10L10 4',
  dots: 'M2 3h2M6 3h2M2 7h2M6 7h2',
};

function mark(x: number, y: number, swatch: Swatch, palette: Palette): string {
  return (
    `<g transform="translate(${x} ${y})"><rect width="10" height="10" rx="2" fill="${colourOf(swatch, palette)}"/>` +
    `<path d="${TEXTURES[swatch.texture]}" stroke="${palette.background}" stroke-width="1.5"/></g>`
  );
}

export async function svgOf(spec: ChartSpec, title: string, palette: Palette): Promise<string> {
  const { init } = await import('./engine');
  const inner = WIDTH - 2 * EDGE;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: inner, height: HEIGHT });
  chart.setOption(toOptions(spec, { palette, width: inner, font: FONT }));
  const drawing = chart.renderToSVGString();
  chart.dispose();
  const names = placed(spec.series.map(({ label, swatch }) => ({ label: shortened(label, NAME_MOST), swatch })));
  const top = 48;
  const below = top + HEIGHT + LINE;
  const noted = below + (names.at(-1)?.y ?? 0) + LINE;
  const flags = (spec.flags ?? []).map(
    ({ text, days }, at) =>
      `<text x="${EDGE}" y="${noted + at * LINE}" fill="${palette.ink}">\u2691 ${escaped(`${days}: ${text}`)}</text>`,
  );
  const height = noted + flags.length * LINE + EDGE;
  const partial = spec.partial.filter(Boolean).length;
  const note = [`${spec.measure}, ${spec.unit}`, partial ? `${count(partial)} not complete` : ''].filter(Boolean);
  const legend = names.map(
    ({ x, y, label, swatch }) =>
      mark(x, below + y - 9, swatch, palette) +
      `<text x="${x + 16}" y="${below + y}" fill="${palette.ink}">${escaped(label)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`,
    ` font-family="${FONT}" font-size="12"><title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${palette.background}"/>`,
    `<text x="${EDGE}" y="30" font-size="15" font-weight="600" fill="${palette.ink}">${escaped(title)}</text>`,
    `<text x="${WIDTH - EDGE}" y="30" text-anchor="end" fill="${palette.muted}">${escaped(note.join('; '))}</text>`,
    `<svg x="${EDGE}" y="${top}" width="${inner}" height="${HEIGHT}">${drawing}</svg>`,
    ...legend,
    ...flags,
    '</svg>',
  ].join('');
}

export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((found, failed) => {
    canvas.toBlob((blob) => (blob ? found(blob) : failed(new Error('The browser drew no picture.'))), 'image/png');
  });
}
