import { useRef, useState } from 'react';
import type { View, Writer } from './ask';

const NAME_MAX = 80;
const SEEN: readonly { id: View['visibility']; label: string }[] = [
  { id: 'me', label: 'only me' },
  { id: 'all', label: 'everybody' },
];

interface SaveViewProps {
  page: string;
  query: string;
  writer: Writer;
}

/** This address under a name. */
export function SaveView({ page, query, writer }: SaveViewProps) {
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const [visibility, setVisibility] = useState<View['visibility']>('me');
  const save = async () => {
    if (!(await writer.send('POST', '/views', { name, page, query, visibility }))) return;
    setName('');
    field.current?.focus(); // the button has nothing to save any more, and a pressed key must still reach the menu
  };
  return (
    <form
      className="view-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) save();
      }}
    >
      <label>
        Save this address as
        <input
          ref={field}
          className="input"
          value={name}
          maxLength={NAME_MAX}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label>
        Seen by
        <select
          className="input"
          value={visibility}
          onChange={(event) => setVisibility(event.target.value === 'all' ? 'all' : 'me')}
        >
          {SEEN.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="button primary" disabled={!name.trim()}>
        Save
      </button>
    </form>
  );
}
