import { useState } from 'react';
import { isDay, shift } from '../format/dates';

interface DaysFormProps {
  covered: { start: string; end: string } | null; // half-open, to begin with
  submit: string;
  onChange: (range: string) => void;
}

/** A first and a last day, as billed. */
export function DaysForm({ covered, submit, onChange }: DaysFormProps) {
  const [first, setFirst] = useState(covered?.start.slice(0, 10) ?? '');
  const [last, setLast] = useState(covered ? shift(covered.end.slice(0, 10), -1) : '');
  const right = isDay(first) && isDay(last) && first <= last;
  return (
    <form
      className="period-range"
      onSubmit={(event) => {
        event.preventDefault();
        if (right) onChange(`${first}..${last}`);
      }}
    >
      <label>
        From
        <input type="date" className="input" value={first} onChange={(event) => setFirst(event.target.value)} />
      </label>
      <label>
        To, this day included
        <input type="date" className="input" value={last} onChange={(event) => setLast(event.target.value)} />
      </label>
      <button type="submit" className="button primary" disabled={!right}>
        {submit}
      </button>
      <p className="muted small">Days are UTC, as billed.</p>
    </form>
  );
}
