import { Button, Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components';
import type { Answer } from '../api/types';
import { Icon } from '../ui/Icon';

interface ColumnChoiceProps {
  answer: Answer;
  hidden: readonly string[];
  onChange: (hidden: readonly string[]) => void;
}

/** Which columns of the answer the table shows; the export keeps them all. */
export function ColumnChoice({ answer, hidden, onChange }: ColumnChoiceProps) {
  const columns = answer.columns.filter((column) => column.kind === 'measure');
  const shown = columns.map((column) => column.name).filter((name) => !hidden.includes(name));
  return (
    <MenuTrigger>
      <Button className="button quiet icon-only" aria-label="Columns">
        <Icon name="columns" size={16} />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label="Columns"
          selectionMode="multiple"
          disallowEmptySelection
          selectedKeys={shown}
          onSelectionChange={(keys) =>
            onChange(keys === 'all' ? [] : columns.map(({ name }) => name).filter((name) => !keys.has(name)))
          }
        >
          {columns.map((column) => (
            <MenuItem key={column.name} id={column.name} className="menu-item" textValue={column.label ?? column.name}>
              <span className="menu-check">{!hidden.includes(column.name) && <Icon name="check" size={14} />}</span>
              <Text slot="label">{column.label ?? column.name}</Text>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
