import { type ReactNode, useId, useRef, useState } from 'react';
import type { IconName } from './Icon';
import { late } from './late';
import { OpenButton } from './OpenButton';
import type { OverMenuProps } from './OverMenu';

export interface Choice {
  id: string;
  label: string;
  note?: string;
  icon?: IconName; // in the place of the mark of what is chosen
  file?: string; // address of a file that choosing it downloads
}

export interface MenuProps {
  label: string; // of the menu
  choices: readonly Choice[];
  chosen?: readonly string[]; // in force; undefined where nothing stays chosen
  onChoose?: (id: string) => void;
  onChosen?: (ids: string[]) => void; // any number of them may be in force, but not none
  placement?: 'bottom start' | 'bottom end' | 'right bottom';
  search?: boolean;
}

type Focus = OverMenuProps['focus'];

interface MenuButtonProps extends MenuProps {
  className: string;
  name?: string; // of the button, where its content is none
  children: ReactNode;
}

/** Widgets weigh more than the pages they stand on: none is fetched before something is about to be opened. */
export const OverMenu = late<OverMenuProps>(() => import('./OverMenu'));

/** A click by keys would pass for one by a screen reader, and the focus would come later. */
const ENDS: Record<string, Focus> = { ArrowDown: 'first', Enter: 'first', ' ': 'first', ArrowUp: 'last' };

/** A button that opens choices. */
export function MenuButton({ className, name, children, ...menu }: MenuButtonProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [focus, setFocus] = useState<Focus | null>(null);
  const own = { button, className, id, name, isOpen: focus !== null, fetch: OverMenu.fetch };
  return (
    <>
      <OpenButton<Focus> {...own} menu keys={ENDS} pressed={(byKeys) => (byKeys ? 'first' : true)} onOpen={setFocus}>
        {children}
      </OpenButton>
      {focus !== null && (
        <OverMenu {...menu} button={button} buttonId={id} focus={focus} onClose={() => setFocus(null)} />
      )}
    </>
  );
}
