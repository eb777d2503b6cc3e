import type { LineDetail } from '../api/types';
import { Called } from '../app/Called';
import { Near } from './Near';

type Reason = LineDetail['why'][number];

/** Whose a line is: the rule in its own words, the rules that nearly answered, and the path through the stages. */
export function LineWhy({ line }: { line: LineDetail }) {
  return (
    <>
      <ul className="why">
        {line.why.map((reason) => (
          <li key={reason.dimension}>
            <strong>
              {reason.value ? <Called dimension={reason.dimension} value={reason.value} /> : 'Unallocated'}
            </strong>{' '}
            <span className="muted">{reason.dimension.replaceAll('_', ' ')}</span>
            <br />
            <span className="muted">{byWhat(reason, line.rules_version)}</span>
            {reason.condition && <p className="why-rule">{reason.condition}</p>}
            {reason.note && <p className="muted">{reason.note}</p>}
            {reason.near.length > 0 && <Near near={reason.near} />}
          </li>
        ))}
      </ul>
      {line.path.length > 0 && (
        <details className="why-path">
          <summary>The path of this line</summary>
          <ol>
            {line.path.map(({ text }) => (
              <li key={text}>{text}</li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

function byWhat({ rule, layer, line, reason }: Reason, version: number): string {
  if (!rule || reason) return reasonOf(reason, layer);
  const place = line === null ? '' : `, line ${line}`;
  return `by ${layer ?? 'rule'} “${rule}”${place}, rules v${version}`;
}

export function reasonOf(reason: string | null, layer: string | null): string {
  if (reason === null) return layer ? `by ${layer}` : 'no rule claims it';
  return reason === 'no_rule' ? 'no rule claims it' : reason.replaceAll('_', ' ').replace(':', ' ');
}
