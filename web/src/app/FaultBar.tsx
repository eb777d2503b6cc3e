import type { Fault } from '../query/query';
import { Icon } from '../ui/Icon';

/** A bad word in the address is named, never dropped in silence. */
export function FaultBar({ faults }: { faults: readonly Fault[] }) {
  if (faults.length === 0) return null;
  return (
    <div role="alert">
      <ul className="notices">
        {faults.map((fault) => (
          <li key={`${fault.word}=${fault.value}`} className="notice warn">
            <Icon name="warn" size={16} />
            <span>
              The address says{' '}
              <code>
                {fault.word}={fault.value}
              </code>
              , which is not known.{fault.nearest && ` Nearest: ${fault.nearest}.`}
              {fault.fellBack ? ` Shown instead: ${fault.fellBack}.` : ' It is left out.'}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
