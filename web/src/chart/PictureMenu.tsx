import { useState } from 'react';
import { Icon } from '../ui/Icon';
import { keep } from '../ui/keep';
import { MenuButton } from '../ui/MenuButton';
import { usePalette } from '../ui/theme';
import type { ChartSpec } from './spec';

const CHOICES = [
  { id: 'copy png', label: 'Copy as PNG' },
  { id: 'copy svg', label: 'Copy as SVG' },
  { id: 'keep png', label: 'Download PNG' },
  { id: 'keep svg', label: 'Download SVG' },
];

/** The chart to take along: title, drawing and legend in one picture. */
export function PictureMenu({ spec, title }: { spec: ChartSpec; title: string }) {
  const palette = usePalette();
  const [said, setSaid] = useState('');
  const take = async (choice: string) => {
    const { pngOf, svgOf } = await import('./picture');
    const svg = await svgOf(spec, title, palette);
    if (choice === 'copy svg') await navigator.clipboard.writeText(svg);
    else if (choice === 'copy png') await navigator.clipboard.write([new ClipboardItem({ 'image/png': pngOf(svg) })]);
    else if (choice === 'keep svg') keep(new Blob([svg], { type: 'image/svg+xml' }), `${nameOf(title)}.svg`);
    else keep(await pngOf(svg), `${nameOf(title)}.png`);
    return choice.startsWith('copy') ? 'Copied' : '';
  };
  const onAction = (choice: string) => {
    take(choice)
      .then(setSaid, () => setSaid('The browser did not let us'))
      .then(() => setTimeout(() => setSaid(''), 2500));
  };
  return (
    <>
      <span role="status" className="said">
        {said}
      </span>
      <MenuButton
        className="button quiet icon-only"
        name={`${title}, as a picture`}
        label="As a picture"
        placement="bottom end"
        choices={CHOICES}
        onChoose={onAction}
      >
        <Icon name="download" size={16} />
      </MenuButton>
    </>
  );
}

function nameOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
