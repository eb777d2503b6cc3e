import { lazy, Suspense } from 'react';
import { KeysHelp } from './KeysHelp';
import { openOverlay, useOverlay } from './overlay';
import { Palette } from './Palette';

const NoteDialog = lazy(() => import('../notes/NoteDialog'));

export function Overlays() {
  const overlay = useOverlay();
  const close = () => openOverlay('none');
  if (overlay === 'palette') return <Palette onClose={close} />;
  if (overlay === 'keys') return <KeysHelp onClose={close} />;
  if (overlay === 'none') return null;
  return (
    <Suspense>
      <NoteDialog draft={overlay} onClose={close} />
    </Suspense>
  );
}
