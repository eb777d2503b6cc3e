import { type ReactNode, useRef, useState } from 'react';
import { late } from './late';
import { OpenButton } from './OpenButton';
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

const KEYS = { Enter: true, ' ': true };

/** A button that opens a small dialog below it. */
export function PanelButton({ className, id, children, ...panel }: PanelButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const own = { button, className, id, isOpen, fetch: OverPanel.fetch };
  return (
    <>
      <OpenButton {...own} keys={KEYS} pressed={() => true} onOpen={setOpen}>
        {children}
      </OpenButton>
      {isOpen && <OverPanel {...panel} button={button} onClose={() => setOpen(false)} />}
    </>
  );
}
