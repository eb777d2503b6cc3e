import { type DragEvent, useRef, useState } from 'react';
import type { ImportResult } from '../api/types';
import { Link } from '../app/Link';
import { count, money } from '../format/format';
import { Icon } from '../ui/Icon';
import { Failure } from '../ui/States';
import { JobProgress } from './JobProgress';
import { RefusalDetails } from './RefusalDetails';
import { type UploadItem, upload, useUploads } from './useUpload';

/** A bill from this computer: drop it or choose it; no credentials, no settings. */
export function Upload({ source = '' }: { source?: string }) {
  const [name, setName] = useState(source);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null) => files && upload([...files], name.trim() || 'uploads');
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div className="upload">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button does the same */}
      <div
        className={over ? 'drop is-over' : 'drop'}
        onDrop={onDrop}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
      >
        <Icon name="upload" size={24} />
        <p>
          <strong>Drop bill files here</strong>
          <br />
          <span className="muted">FOCUS, or a provider's own cost export, as CSV, CSV.gz, JSON lines or Parquet</span>
        </p>
        <button type="button" className="button primary" onClick={() => input.current?.click()}>
          Choose files
        </button>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label="Bill files"
          onChange={(event) => take(event.target.files)}
        />
      </div>
      <label className="upload-source">
        Name of the source
        <input className="input" value={name} placeholder="uploads" onChange={(event) => setName(event.target.value)} />
        <span className="muted small">Use the same name next month; only the months in the file are replaced.</span>
      </label>
      <Uploads />
    </div>
  );
}

/** What became of the files of this visit. */
export function Uploads() {
  const items = useUploads();
  if (items.length === 0) return null;
  return (
    <ul className="upload-items">
      {items.map((item) => (
        <li key={item.key}>
          <UploadState item={item} />
        </li>
      ))}
    </ul>
  );
}

function UploadState({ item }: { item: UploadItem }) {
  const result = item.job && item.ended ? (item.job.result as ImportResult | null) : null;
  return (
    <div className="upload-item">
      <strong>{item.name}</strong>
      {!item.job && !item.error && <progress max={item.size} value={item.sent} aria-label={`Sending ${item.name}`} />}
      {item.job && !item.ended && <JobProgress job={item.job} />}
      {item.error && <Failure error={item.error} what={item.name} />}
      {result && <Result result={result} />}
    </div>
  );
}

const SAID: Record<string, string> = {
  live: 'Loaded',
  unchanged: 'Unchanged: this content is already here',
  held: 'Held: someone has to look at it first',
  quarantined: 'Set aside: it could not be trusted',
};

function Result({ result }: { result: ImportResult }) {
  return (
    <>
      <p>
        {SAID[result.state] ?? result.state}, {count(result.rows.received)} rows
        {result.totals.map((total) => ` · ${money(total.billed_cost)} ${total.currency} billed`)}
      </p>
      <ul className="small">
        {result.files.map((file) => (
          <li key={file.name}>
            {file.name}: {file.state}
            {file.format && `, ${file.format}`}
            {file.rows !== null && `, ${count(file.rows)} rows`}
            {file.error && ` — ${file.error.detail} ${file.error.next_step ?? ''}`}
            {file.error && <RefusalDetails problem={file.error} />}
          </li>
        ))}
        {result.warnings.map((warning) => (
          <li key={warning} className="warn-text">
            {warning}
          </li>
        ))}
      </ul>
      {result.state === 'live' && (
        <Link path="/explore" text={`period=all&where=source:${encodeURIComponent(result.source)}&by=service`}>
          Look at it in Explore
        </Link>
      )}
    </>
  );
}
