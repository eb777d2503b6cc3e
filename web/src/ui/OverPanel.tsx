import type { RefObject } from 'react';
import { Dialog, Popover } from 'react-aria-components';
import type { PanelProps } from './PanelButton';

export interface OverPanelProps extends PanelProps {
  button: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}

/** What a `PanelButton` opens. */
export default function OverPanel({ button, onClose, label, panelClass, placement, panel }: OverPanelProps) {
  return (
    <Popover
      isOpen
      onOpenChange={(open) => !open && onClose()}
      triggerRef={button}
      className="popover"
      placement={placement ?? 'bottom start'}
    >
      <Dialog className={panelClass} aria-label={label}>
        {panel(onClose)}
      </Dialog>
    </Popover>
  );
}
