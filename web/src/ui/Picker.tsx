import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';
import { type Choice, MenuButton } from './MenuButton';

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
  return (
    <MenuButton
      className={quiet ? 'button quiet' : 'button'}
      label={label}
      choices={choices}
      chosen={[value]}
      onChoose={onChange}
      search={search}
    >
      {icon && <Icon name={icon} size={16} />}
      <span className="visually-hidden">{label}: </span>
      <span className="button-text">{shown ?? choices.find((choice) => choice.id === value)?.label ?? value}</span>
      <Icon name="down" size={14} />
    </MenuButton>
  );
}
