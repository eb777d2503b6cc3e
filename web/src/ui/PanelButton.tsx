import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { late } from './late';
import type { OverPanelProps } from './OverPanel';

export interface PanelProps {
  label: string; // of the panel
  panelClass: string;
  placement?: 'bottom start' | 'bottom end';
  panel: (close: () => void) => ReactNode;
}

interface PanelButtonProps extends PanelProps {
  className: string;
  id?: string;
  children: ReactNode;
}

/** As with a `MenuButton`, what opens is fetched when it is about to. */
export const OverPanel = late<OverPanelProps>(() => import('./OverPanel'));

/** A button that opens a small dialog below it. */
export function PanelButton({ className, id, children, ...panel }: PanelButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const open = () => {
    button.current?.focus(); // not every browser does; closing leads back to it
    setOpen(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open();
  };
  return (
    <>
      <button
        ref={button}
        id={id}
        type="button"
        className={className}
        aria-expanded={isOpen}
        onPointerEnter={OverPanel.fetch}
        onFocus={OverPanel.fetch}
        onKeyDown={onKeyDown}
        onClick={open}
      >
        {children}
      </button>
      {isOpen && <OverPanel {...panel} button={button} onClose={() => setOpen(false)} />}
    </>
  );
}
