import { useMemo } from 'react';
import type { SourceCheck, SourceTest } from '../api/types';
import { useAction } from '../jobs/follow';
import { Failure } from '../ui/States';
import { Copy } from './Copy';

/** Tries a connection; the lines appear as they are found. With `body` it is one that is not kept yet. */
export function TestConnection({ path, body, primary = false }: { path: string; body?: unknown; primary?: boolean }) {
  const same = JSON.stringify(body ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same settings are the same body
  const sent = useMemo(() => body, [same]);
  const test = useAction('POST', path, sent);
  const result = test.job?.result as unknown as SourceTest | null | undefined;
  const checks = result?.checks ?? [];
  return (
    <div className="checks" aria-busy={test.busy}>
      <button type="button" className={primary ? 'button primary' : 'button'} disabled={test.busy} onClick={test.run}>
        {test.busy ? 'Testing…' : test.ended ? 'Test again' : 'Test connection'}
      </button>
      {test.error && <Failure error={test.error} what="The test" />}
      <div role="log" aria-label="Checks">
        <Checks title="Required" checks={checks.filter((one) => one.required)} />
        <Checks title="Optional" checks={checks.filter((one) => !one.required)} />
      </div>
      {test.ended && result && (
        <p role="status" className={result.ok ? 'good-text' : 'bad-text'}>
          <strong>{result.ok ? 'It can be collected.' : 'It cannot be collected yet.'}</strong>{' '}
          {result.ok ? 'Optional lines do not stand in the way.' : 'Mend the required lines, then test again.'}
        </p>
      )}
    </div>
  );
}

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const;
const TONES = { ok: 'good', warn: 'warn', fail: 'bad' } as const;

function Checks({ title, checks }: { title: string; checks: readonly SourceCheck[] }) {
  if (checks.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="check-list">
        {checks.map((one) => (
          <li key={`${one.name} ${one.message}`}>
            <span className={`badge ${TONES[one.state]}`}>
              {MARKS[one.state]} {one.state}
            </span>{' '}
            <strong>{one.name}</strong> {one.message}
            {one.missing && (
              <p className="small">
                Missing: <code>{one.missing}</code>
              </p>
            )}
            {one.line && !one.missing && one.state !== 'ok' && <p className="small">What to do: {one.line}</p>}
            {one.line && one.missing && (
              <p className="check-line small">
                <span>
                  Add: <code>{one.line}</code>
                </span>
                <Copy text={one.line} what={`the line for ${one.name}`} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
