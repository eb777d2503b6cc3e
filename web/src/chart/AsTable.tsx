import { Icon } from '../ui/Icon';

interface AsTableProps {
  pressed: boolean;
  onPress: () => void;
  what?: string; // where several stand on a page
}

/** Turns a chart into the table of its figures, and back. */
export function AsTable({ pressed, onPress, what }: AsTableProps) {
  return (
    <button
      type="button"
      className="button quiet icon-only"
      aria-pressed={pressed}
      title="View as table"
      aria-label={what ? `View as table, ${what}` : 'View as table'}
      onClick={onPress}
    >
      <Icon name={pressed ? 'chart' : 'table'} size={16} />
    </button>
  );
}
