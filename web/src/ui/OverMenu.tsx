import { type RefObject, useRef } from 'react';
import { Autocomplete, Input, Menu, MenuItem, Popover, SearchField, Text, useFilter } from 'react-aria-components';
import { Icon } from './Icon';
import type { Choice, MenuProps } from './MenuButton';

const MOST_HIGH = 460; // px

export interface OverMenuProps extends MenuProps {
  button: RefObject<HTMLButtonElement | null>;
  buttonId: string;
  focus: 'first' | 'last' | true; // which choice; or the menu itself
  onClose: () => void;
}

/** What a `MenuButton` opens. */
export default function OverMenu(props: OverMenuProps) {
  const { button, buttonId, focus, onClose, label, choices, placement = 'bottom start', search = false } = props;
  const { chosen, onChoose, onChosen } = props;
  const { contains } = useFilter({ sensitivity: 'base' });
  const scroller = useRef<HTMLDivElement>(null);
  const menu = (
    <Menu
      ref={scroller}
      aria-label={label}
      aria-labelledby={buttonId}
      autoFocus={search ? false : focus}
      className="menu"
      selectionMode={!chosen ? 'none' : onChosen ? 'multiple' : 'single'}
      disallowEmptySelection
      {...(chosen && { selectedKeys: chosen })}
      {...(onChosen && {
        onSelectionChange: (keys) =>
          onChosen(choices.map(({ id }) => id).filter((id) => keys === 'all' || keys.has(id))),
      })}
      onAction={(id) => onChoose?.(String(id))}
      onClose={onClose}
      items={choices}
      dependencies={[chosen]}
      renderEmptyState={() => <span className="menu-empty">Nothing by that name</span>}
    >
      {(choice: Choice) => (
        <MenuItem
          id={choice.id}
          textValue={choice.label}
          className="menu-item"
          {...(choice.file && { href: choice.file, download: '' })}
        >
          {choice.icon ? (
            <Icon name={choice.icon} size={16} />
          ) : (
            chosen && (
              <span className="menu-check">{chosen.includes(choice.id) && <Icon name="check" size={14} />}</span>
            )
          )}
          <Text slot="label" className="menu-label">
            <span>{choice.label}</span>
            {choice.note && <span className="menu-note">{choice.note}</span>}
          </Text>
        </MenuItem>
      )}
    </Menu>
  );
  return (
    <Popover
      isOpen
      onOpenChange={(open) => !open && onClose()}
      triggerRef={button}
      scrollRef={scroller}
      aria-labelledby={buttonId}
      className="popover"
      placement={placement}
      {...(search && { maxHeight: MOST_HIGH })}
    >
      {search ? (
        <Autocomplete filter={contains}>
          <SearchField aria-label={`Search ${label}`} className="menu-search" autoFocus>
            <Icon name="search" size={16} />
            <Input placeholder="Search" />
          </SearchField>
          {menu}
        </Autocomplete>
      ) : (
        menu
      )}
    </Popover>
  );
}
