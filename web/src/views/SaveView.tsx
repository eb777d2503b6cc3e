import { useRef, useState } from 'react';
import { useAddress } from '../app/address';
import { meanings } from '../query/narrowed';
import type { View, Writer } from './ask';

const NAME_MAX = 80;
const SEEN: readonly { id: View['visibility']; label: string }[] = [
  { id: 'me', label: 'only me' },
  { id: 'all', label: 'everybody' },
];

/** This address under a name. Days that a link wrote out move on with their word again, unless they are to stand still. */
export function SaveView({ writer }: { writer: Writer }) {
  const { path, query, to } = useAddress();
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const [visibility, setVisibility] = useState<View['visibility']>('me');
  const ways = meanings(query);
  const [chosen, setChosen] = useState('');
  const days = ways.find(({ label }) => label === chosen) ?? ways[0];
  const save = async () => {
    const text = to({ query: days.change });
    if (!(await writer.send('POST', '/views', { name, page: path, query: text, visibility }))) return;
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
      {ways.length > 1 && (
        <label>
          Days
          <select className="input" value={days.label} onChange={(event) => setChosen(event.target.value)}>
            {ways.map(({ label, change }) => (
              <option key={label} value={label}>
                {change.period ? label : `these days: ${label}`}
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="submit" className="button primary" disabled={!name.trim()}>
        Save
      </button>
    </form>
  );
}
