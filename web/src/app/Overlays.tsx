import { late } from '../ui/late';
import { OverMenu } from '../ui/MenuButton';
import { OverPanel } from '../ui/PanelButton';
import { openOverlay, useOverlay } from './overlay';

const KeysHelp = late(() => import('./KeysHelp'));
const NoteDialog = late(() => import('../notes/NoteDialog'));
const Palette = late(() => import('./Palette'));

/** Fetched before it is asked for, so that the first press opens it. */
export function fetchOverlays(): void {
  for (const part of [OverMenu, OverPanel, Palette, KeysHelp]) void part.fetch();
}

export function Overlays() {
  const overlay = useOverlay();
  const close = () => openOverlay('none');
  if (overlay === 'palette') return <Palette onClose={close} />;
  if (overlay === 'keys') return <KeysHelp onClose={close} />;
  if (overlay === 'none') return null;
  return <NoteDialog draft={overlay} onClose={close} />;
}
