import type { Problem as Refusal } from '../api/types';

type Problem = Pick<Refusal, 'detail' | 'faults'>;

/** What else is known of a refusal, folded: its sentence stands above. */
export function RefusalDetails({ problem }: { problem: Problem }) {
  const said = problem.faults
    ?.map((fault) => String(fault.message ?? ''))
    .filter((text) => !problem.detail.includes(text));
  if (!said?.length) return null;
  return (
    <details className="small">
      <summary>Details</summary>
      <ul>
        {said.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </details>
  );
}
