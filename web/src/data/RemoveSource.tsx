import { useState } from 'react';
import { useSourceFact } from '../api/queries';
import type { RemovalEffect, Source } from '../api/types';
import { monthName } from '../format/dates';
import { count, money } from '../format/format';
import { useAction } from '../jobs/follow';
import { JobProgress } from '../jobs/JobProgress';
import { Failure, Panel, Skeleton } from '../ui/States';

const WAYS = [
  { id: 'keep', label: 'Keep its lines', act: 'Stop collecting' },
  { id: 'hide', label: 'Hide its lines', act: 'Hide' },
  { id: 'erase', label: 'Erase its lines', act: 'Erase' },
] as const;
type Way = (typeof WAYS)[number];

/** Removing a source: what becomes of its lines, in money by month, before anything is done. */
export function RemoveSource({ source }: { source: Source }) {
  const effect = useSourceFact<RemovalEffect>(source.source, 'removal');
  const [chosen, setChosen] = useState<Way['id'] | null>(null);
  const ways = WAYS.filter((way) =>
    source.removal === 'hidden' ? way.id === 'erase' : source.collector || way.id !== 'keep',
  );
  const way = ways.find((one) => one.id === chosen);
  const inFile = source.collector?.origin === 'file';
  return (
    <Panel title="Remove" className="remove">
      {source.removal === 'hidden' && <BringBack source={source} />}
      {inFile ? (
        <p className="muted">It is set in outlay.yaml and would be collected again: take it out there first.</p>
      ) : effect.error ? (
        <Failure error={effect.error} what="What removing it would do" retry={() => effect.refetch()} />
      ) : !effect.data ? (
        <Skeleton lines={3} />
      ) : (
        <>
          <fieldset className="months">
            <legend>What becomes of its lines</legend>
            {ways.map((one) => (
              <label key={one.id} className="choice">
                <input type="radio" name="way" checked={chosen === one.id} onChange={() => setChosen(one.id)} />{' '}
                {one.label}
              </label>
            ))}
          </fieldset>
          {way && <Confirm key={way.id} source={source} way={way} effect={effect.data} />}
        </>
      )}
    </Panel>
  );
}

function Confirm({ source, way, effect }: { source: Source; way: Way; effect: RemovalEffect }) {
  const [typed, setTyped] = useState('');
  const remove = useAction('DELETE', `/sources/${encodeURIComponent(source.source)}?how=${way.id}`);
  const refused = way.id === 'erase' && !effect.may_erase;
  const unsure = way.id === 'erase' && typed !== source.source;
  return (
    <div className="confirm">
      <p className={refused ? 'bad-text' : ''}>{effect.sentences[way.id]}</p>
      <ul className="effect" aria-label="Money by month">
        {effect.months.map((month) => (
          <li key={month.period}>
            {monthName(month.period)} {month.closed && <span className="badge warn">closed</span>}{' '}
            <span className="num">
              {month.totals.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(' · ') || '–'}
            </span>
          </li>
        ))}
        {effect.months.length > 0 && (
          <li>
            <strong>Together, billed</strong>{' '}
            <strong className="num">
              {effect.totals.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(' · ') || '–'}
            </strong>
          </li>
        )}
      </ul>
      {way.id === 'erase' && !refused && (
        <label className="field">
          Type {source.source} to erase it
          <input
            className="input"
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      {!refused && (
        <button type="button" className="button danger" disabled={remove.busy || unsure} onClick={remove.run}>
          {remove.busy ? 'Removing…' : `${way.act}: ${source.label}, ${count(source.rows)} lines`}
        </button>
      )}
      {remove.job && remove.busy && <JobProgress job={remove.job} />}
      {remove.error && (
        <p role="alert" className="bad-text">
          {remove.error.message}
        </p>
      )}
    </div>
  );
}

function BringBack({ source }: { source: Source }) {
  const back = useAction('POST', `/sources/${encodeURIComponent(source.source)}/bring-back`);
  return (
    <p>
      <button type="button" className="button primary" disabled={back.busy} onClick={back.run}>
        {back.busy ? 'Bringing it back…' : 'Bring it back'}
      </button>{' '}
      {back.error && (
        <span role="alert" className="bad-text">
          {back.error.message}
        </span>
      )}
    </p>
  );
}
