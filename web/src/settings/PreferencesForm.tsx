import { type FormEvent, useState } from 'react';
import { forgetAnswers } from '../api/queries';
import { monthLong } from '../format/dates';
import { type Preferences, useWriter, type View } from '../views/ask';

const MONTHS = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'];
const MONEY = /^\d{1,15}(\.\d{1,18})?$/;
const DAYS = /^([1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5])$/;

type Fields = Record<'noise' | 'month' | 'named' | 'days' | 'start', string>;

/** What holds for the whole organisation, and the view that one's own visit begins with. */
export function PreferencesForm({ now, views }: { now: Preferences; views: readonly View[] }) {
  const writer = useWriter();
  const [said, setSaid] = useState('');
  const [fields, setFields] = useState<Fields>({
    noise: now.noise_floor,
    month: String(now.fiscal_year_starts).padStart(2, '0'),
    named: now.fiscal_year_named,
    days: String(now.request_days),
    start: views.some(({ id }) => id === now.start_view) ? (now.start_view ?? '') : '', // it may be deleted
  });
  const put = (name: keyof Fields) => (event: { target: { value: string } }) => {
    setSaid('');
    setFields((before) => ({ ...before, [name]: event.target.value }));
  };
  const right = MONEY.test(fields.noise) && DAYS.test(fields.days);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!right) return;
    const order = {
      noise_floor: fields.noise,
      fiscal_year_starts: MONTHS.indexOf(fields.month) + 1,
      fiscal_year_named: fields.named,
      request_days: fields.days,
      start_view: fields.start || null,
    };
    if (!(await writer.send('PATCH', '/preferences', order))) return;
    setSaid('Saved');
    await forgetAnswers();
  };
  const starred = views.filter((view) => view.starred || view.id === now.start_view);
  return (
    <form className="settings-form" onSubmit={save}>
      <label>
        Noise floor
        <input className="input" inputMode="decimal" value={fields.noise} onChange={put('noise')} />
        <span className="muted small">A change below it is “≈ same”, in the currency of the amount.</span>
      </label>
      <label>
        The fiscal year begins in
        <select className="input" value={fields.month} onChange={put('month')}>
          {MONTHS.map((month) => (
            <option key={month} value={month}>
              {monthLong(month)}
            </option>
          ))}
        </select>
        <span className="muted small">Another month than January adds fiscal years and quarters to the periods.</span>
      </label>
      <label>
        It has the name of the calendar year
        <select className="input" value={fields.named} onChange={put('named')}>
          <option value="end">it ends in</option>
          <option value="start">it starts in</option>
        </select>
      </label>
      <label>
        Days to answer a request for a change of rules
        <input className="input" inputMode="numeric" value={fields.days} onChange={put('days')} />
      </label>
      <label>
        You begin with
        <select className="input" value={fields.start} onChange={put('start')}>
          <option value="">Home</option>
          {starred.map((view) => (
            <option key={view.id} value={view.id}>
              {view.name}
            </option>
          ))}
        </select>
        <span className="muted small">Views you have starred stand here; only your own visits begin with it.</span>
      </label>
      {writer.error && (
        <p role="alert" className="bad-text">
          {writer.error.message}
        </p>
      )}
      <div className="form-acts">
        <button type="submit" className="button primary" disabled={!right}>
          Save
        </button>
        <span role="status">{said}</span>
      </div>
    </form>
  );
}
