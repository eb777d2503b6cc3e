import { Empty } from '../ui/States';
import { Link } from './Link';

export function NotFound() {
  return (
    <Empty title="There is no page at this address" action={<Link path="/">Go to the start page</Link>}>
      The link may be old, or a letter went missing.
    </Empty>
  );
}
