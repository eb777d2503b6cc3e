import type { ReactNode } from 'react';
import type { Row } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { groupOf, REST } from '../query/group';
import { CAUSE, printWhy } from './questions';

/** Opens the explanation of the page's total; the key `e` presses it. */
export function WhyLink({ children }: { children: ReactNode }) {
  const { path, to } = useAddress();
  const text = to({ view: { why: CAUSE, sel: '' } });
  return (
    <Link id="explain-change" path={path} text={text} className="button quiet">
      {children}
    </Link>
  );
}

/** A change in a table opens the explanation of its row; the rest of a list has none. */
export function RowWhy({ row, dimension, children }: { row: Row; dimension: string | null; children: ReactNode }) {
  const { path, to } = useAddress();
  if (dimension === null || groupOf(row, dimension) === REST) return <>{children}</>;
  const why = printWhy({ view: CAUSE, filter: filterFor(dimension, groupOf(row, dimension)) });
  return (
    <Link path={path} text={to({ view: { why, sel: '' } })} className="why-link" title="Explain this change">
      {children}
    </Link>
  );
}
