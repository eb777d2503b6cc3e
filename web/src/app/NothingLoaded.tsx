import type { ReactNode } from 'react';
import { Empty } from '../ui/States';
import { Link } from './Link';

/** What stands here once there is cost, and how there will be some. */
export function NothingLoaded({ children }: { children: ReactNode }) {
  return (
    <Empty
      title="Nothing is loaded yet"
      action={
        <Link path="/welcome" className="button primary">
          Look at the demo, or bring a bill
        </Link>
      }
    >
      {children}
    </Empty>
  );
}
