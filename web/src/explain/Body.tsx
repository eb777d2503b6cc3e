import { useAddress } from '../app/address';
import { Explanation } from './Explanation';
import { CAUSE } from './questions';

/** The tab of the page is the view of its explanation. */
export default function Explain() {
  const { query, view, go } = useAddress();
  return (
    <Explanation
      query={query}
      why={{ view: view.tab || CAUSE, filter: null }}
      onView={(next) => go({ view: { tab: next === CAUSE ? '' : next }, replace: true })}
    />
  );
}
