import { isCancelledError, type Query, useIsFetching } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { queryClient } from '../api/queries';

const PATIENCE_MS = 5_000;
export const QUESTIONS = [
  'costs',
  'values',
  'lines',
  'line',
  'explain',
  'paths',
  'unallocated',
  'org',
  'entities',
  'tags',
  'pools',
  'units',
  'loads',
];
const question = ({ queryKey }: Query) => QUESTIONS.includes(String(queryKey[0]));
const stopped = (query: Query) => question(query) && isCancelledError(query.state.error);

/** A question that takes long can be stopped; what was stopped can be asked again. */
export function SlowBar() {
  const asking = useIsFetching({ predicate: question }) > 0;
  const [slow, setSlow] = useState(false);
  const [cancelled, setCancelled] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!asking) return;
    const timer = setTimeout(() => setSlow(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [asking]);
  const cancel = () => {
    queryClient.cancelQueries({ predicate: question }, { revert: false, silent: false });
    setCancelled(true);
  };
  const again = () => {
    setCancelled(false);
    queryClient.refetchQueries({ predicate: stopped, type: 'active' });
  };
  return (
    <div role="status">
      {asking && slow ? (
        <p className="notice">
          This takes longer than usual.
          <button type="button" className="button small" onClick={cancel}>
            Cancel
          </button>
        </p>
      ) : (
        cancelled &&
        !asking && (
          <p className="notice">
            Cancelled.
            <button type="button" className="button small" onClick={again}>
              Ask again
            </button>
          </p>
        )
      )}
    </div>
  );
}
