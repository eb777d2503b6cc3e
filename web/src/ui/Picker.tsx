import type { ReactNode } from 'react';
import {
  Autocomplete,
  Button,
  Input,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { Icon, type IconName } from './Icon';
import { MenuLabel } from './MenuLabel';

export interface Choice {
  id: string;
  label: string;
  note?: string;
}

const MOST_HIGH = 460; // px

interface PickerProps {
  label: string; // what is chosen, for those who do not see where it stands
  value: string;
  choices: readonly Choice[];
  onChange: (id: string) => void;
  shown?: ReactNode; // instead of the chosen label
  icon?: IconName;
  search?: boolean;
  quiet?: boolean;
}

/** A button that says what is chosen and opens the choices. */
export function Picker({
  label,
  value,
  choices,
  onChange,
  shown,
  icon,
  search = choices.length > 9,
  quiet = false,
}: PickerProps) {
  const { contains } = useFilter({ sensitivity: 'base' });
  const menu = (
    <Menu
      aria-label={label}
      className="menu"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      items={choices}
      onAction={(key) => onChange(String(key))}
      renderEmptyState={() => <span className="menu-empty">Nothing by that name</span>}
    >
      {(choice: Choice) => (
        <MenuItem id={choice.id} textValue={choice.label} className="menu-item">
          <span className="menu-check">{choice.id === value && <Icon name="check" size={14} />}</span>
          <MenuLabel label={choice.label} note={choice.note} />
        </MenuItem>
      )}
    </Menu>
  );
  return (
    <MenuTrigger>
      <Button className={quiet ? 'button quiet' : 'button'}>
        {icon && <Icon name={icon} size={16} />}
        <span className="visually-hidden">{label}: </span>
        <span className="button-text">{shown ?? choices.find((choice) => choice.id === value)?.label ?? value}</span>
        <Icon name="down" size={14} />
      </Button>
      <Popover className="popover" placement="bottom start" maxHeight={search ? MOST_HIGH : undefined}>
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
    </MenuTrigger>
  );
}
