import { ApiError } from '../api/client';
import { Link } from '../app/Link';
import { count } from '../format/format';
import type { Fault } from './ask';
import { printPlace } from './place';

/** Every fault at once; each leads to its line in the editor. */
export function Faults({ faults, tab = '' }: { faults: readonly Fault[]; tab?: string }) {
  const before = tab && `tab=${tab}&`;
  return (
    <ul className="faults" aria-label="Faults">
      {faults.map((fault) => (
        <li key={[fault.file, fault.line, fault.column, fault.problem].join(' ')}>
          <Link path="/attribution" text={`${before}sel=${encodeURIComponent(printPlace(fault.file, fault.line))}`}>
            {fault.file}
            {fault.line !== null && `, line ${count(fault.line)}`}
          </Link>{' '}
          {fault.problem}
          {fault.expected && <span className="muted"> · expected {fault.expected}</span>}
          {fault.nearest.length > 0 && <span className="muted"> · nearest: {fault.nearest.join(', ')}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The faults that an answer names when it refuses the texts. */
export function FaultList({ error }: { error: Error }) {
  const named = error instanceof ApiError ? error.problem.faults : [];
  const faults = named.filter((one) => typeof one.problem === 'string' && typeof one.file === 'string');
  if (faults.length === 0) return null;
  return <Faults faults={faults as unknown as Fault[]} />;
}
