import type { ReactNode } from 'react';
import { Empty } from '../ui/States';
import { useAddress } from './address';

/** Nothing in the days of the page; the children say why that may be. */
export function NoCost({ children }: { children: ReactNode }) {
  const { go } = useAddress();
  return (
    <Empty
      title="No cost in these days"
      action={
        <button type="button" className="button primary" onClick={() => go({ query: { period: 'all' } })}>
          Show everything there is
        </button>
      }
    >
      {children}
    </Empty>
  );
}
