import { Text } from 'react-aria-components';

/** Name and note of a choice; both are part of what it is called, as they are of what is seen. */
export function MenuLabel({ label, note }: { label: string; note?: string | undefined }) {
  return (
    <Text slot="label" className="menu-label">
      <span>{label}</span>
      {note && <span className="menu-note">{note}</span>}
    </Text>
  );
}
