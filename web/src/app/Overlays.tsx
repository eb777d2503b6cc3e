import { KeysHelp } from './KeysHelp';
import { openOverlay, useOverlay } from './overlay';
import { Palette } from './Palette';

export function Overlays() {
  const overlay = useOverlay();
  const close = () => openOverlay('none');
  if (overlay === 'palette') return <Palette onClose={close} />;
  if (overlay === 'keys') return <KeysHelp onClose={close} />;
  return null;
}
