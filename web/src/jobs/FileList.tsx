import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError, get, write } from '../api/client';
import { queryClient } from '../api/queries';
import type { Export, Exports, Job } from '../api/types';
import { moment } from '../format/dates';
import { bytes, count } from '../format/format';
import { Icon } from '../ui/Icon';
import { Panel } from '../ui/States';
import { type Asked, dismiss, fileLink, giveUp, makeAgain, remember, shortName, useAsked } from './files';
import { follow } from './follow';

function useExports() {
  return useQuery({ queryKey: ['exports'], queryFn: ({ signal }) => get<Exports>('/exports', signal) });
}

export { take } from './files';

const askAgain = () => queryClient.invalidateQueries({ queryKey: ['exports'] });

/** What was asked and is not there yet, and with `listed` what the server makes and keeps. */
export default function FileList({ listed }: { listed: boolean }) {
  const asked = useAsked();
  const exports = useExports();
  const kept = exports.data?.exports;
  useEffect(() => {
    if (kept && !exports.isFetching) remember(kept.length > 0);
  }, [kept, exports.isFetching]);
  const shown = listed ? (kept ?? []) : [];
  if (asked.length + shown.length === 0) return null;
  return (
    <section className="files" aria-label="Exports" aria-live="polite">
      <ul>
        {asked.map((one) => (
          <li key={one.key}>{one.error ? <Failed asked={one} /> : <Asking asked={one} />}</li>
        ))}
        {shown.map((one) => (
          <li key={one.id}>
            <ExportItem item={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Asking({ asked }: { asked: Asked }) {
  return (
    <>
      <span>Preparing {asked.name}…</span>
      <button
        type="button"
        className="button quiet small"
        aria-label={`Cancel ${asked.name}`}
        onClick={() => giveUp(asked)}
      >
        Cancel
      </button>
    </>
  );
}

function Failed({ asked }: { asked: Asked }) {
  const problem = asked.error instanceof ApiError ? asked.error.problem : null;
  return (
    <>
      <Icon name="warn" size={16} />
      <span role="alert">
        {asked.name} could not be made: {asked.error?.message} {problem?.next_step}
      </span>
      <button type="button" className="button small" onClick={() => dismiss(asked.key)}>
        Dismiss
      </button>
    </>
  );
}

/** One file of the server's: how far it is, or where to fetch it and until when. */
function ExportItem({ item }: { item: Export }) {
  if (item.state === 'making') return <Making item={item} />;
  if (item.state !== 'ready') return <CameToNothing item={item} />;
  return (
    <>
      <a className="button small" href={fileLink(item.id)} download="" aria-label={`Download ${item.name}`}>
        <Icon name="download" size={14} /> Download
      </a>
      <span className="file-name">{item.name}</span>
      <span className="muted small">
        {count(item.rows)} rows, {bytes(item.size_bytes)}
        {item.kept_until && `, kept until ${moment(item.kept_until)}`}
      </span>
      <Remove item={item} name={item.name ?? ''} />
    </>
  );
}

function Remove({ item, name }: { item: Export; name: string }) {
  return (
    <button
      type="button"
      className="button quiet small"
      aria-label={`Remove ${name}`}
      onClick={() => write('DELETE', `/exports/${item.id}`).finally(askAgain)}
    >
      Remove
    </button>
  );
}

/** It says why, and one press asks for it again. */
function CameToNothing({ item }: { item: Export }) {
  const name = shortName(item.asked);
  return (
    <>
      <Icon name="warn" size={16} />
      <span className="file-name">{name}</span>
      <span>{item.detail}</span>
      <button
        type="button"
        className="button small"
        aria-label={`Make ${name} again`}
        onClick={() => void makeAgain(item)}
      >
        Make again
      </button>
      <Remove item={item} name={name} />
    </>
  );
}

function Making({ item }: { item: Export }) {
  const [job, setJob] = useState<Job | null>(null);
  const [stopping, setStopping] = useState(false);
  const { id, asked } = item;
  useEffect(() => {
    const look = () => void askAgain();
    return follow(id, setJob, look, look);
  }, [id]);
  const { rows_done: done, rows_total: total } = job?.progress ?? { rows_done: null, rows_total: null };
  return (
    <>
      <span>Preparing {shortName(asked)}…</span>
      {total !== null && <progress max={total} value={done ?? 0} aria-label="Rows written" />}
      <span className="muted small">
        {total === null ? 'asking' : `${count(done ?? 0)} of ${count(total)} rows`}. You can go on working.
      </span>
      <button
        type="button"
        className="button quiet small"
        disabled={stopping}
        aria-label={`Cancel ${shortName(asked)}`}
        onClick={() => {
          setStopping(true);
          void write('POST', `/jobs/${id}/cancel`);
        }}
      >
        Cancel
      </button>
    </>
  );
}

/** Files that were made of answers and wait to be fetched. Absent while there are none. */
export function ExportsPanel() {
  const { data } = useExports();
  if (!data || data.exports.length === 0) return null;
  const room = `${bytes(data.size_bytes)} of ${bytes(data.size_bytes_max)}, each kept ${count(data.kept_hours)} hours`;
  return (
    <Panel title="Exports" note={room}>
      <ul className="files-kept">
        {data.exports.map((item) => (
          <li key={item.id}>
            <ExportItem item={item} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
