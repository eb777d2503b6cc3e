import type { ReactNode } from 'react';
import type { Row } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { groupOf, REST } from '../query/group';
import { CAUSE, OWNERS, printWhy } from './questions';

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

/** Opens the paths by which the page's total came to its owners. */
export function WhoseLink() {
  const { path, to } = useAddress();
  return (
    <Link id="explain-owners" path={path} text={to({ view: { why: OWNERS, sel: '' } })} className="button quiet">
      Whose it is
    </Link>
  );
}

/** An amount in a table opens the paths of its row; the rest of a list has none. */
export function RowWhose({ row, dimension, children }: RowProps) {
  return (
    <RowLink row={row} dimension={dimension} view={OWNERS} title="Whose it is, and why">
      {children}
    </RowLink>
  );
}

/** A change in a table opens the explanation of its row; the rest of a list has none. */
export function RowWhy({ row, dimension, children }: RowProps) {
  return (
    <RowLink row={row} dimension={dimension} view={CAUSE} title="Explain this change">
      {children}
    </RowLink>
  );
}

interface RowProps {
  row: Row;
  dimension: string | null;
  children: ReactNode;
}

function RowLink({ row, dimension, view, title, children }: RowProps & { view: string; title: string }) {
  const { path, to } = useAddress();
  if (dimension === null || groupOf(row, dimension) === REST) return <>{children}</>;
  const why = printWhy({ view, filter: filterFor(dimension, groupOf(row, dimension)) });
  return (
    <Link path={path} text={to({ view: { why, sel: '' } })} className="why-link" title={title}>
      {children}
    </Link>
  );
}
