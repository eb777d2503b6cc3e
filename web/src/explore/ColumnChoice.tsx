import type { Answer } from '../api/types';
import { Icon } from '../ui/Icon';
import { MenuButton } from '../ui/MenuButton';

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
    <MenuButton
      className="button quiet icon-only"
      name="Columns"
      label="Columns"
      placement="bottom end"
      choices={columns.map(({ name, label }) => ({ id: name, label: label ?? name }))}
      chosen={shown}
      onChosen={(next) => onChange(columns.map(({ name }) => name).filter((name) => !next.includes(name)))}
    >
      <Icon name="columns" size={16} />
    </MenuButton>
  );
}
