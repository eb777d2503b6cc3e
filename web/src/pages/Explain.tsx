import { useAddress } from '../app/address';
import type { Page } from '../app/pages';
import { Explanation } from '../explain/Explanation';
import { CAUSE } from '../explain/questions';

export const page: Page = {
  path: '/explore/explain',
  label: 'Explain',
  icon: 'explore',
  order: 31,
  key: '',
  scope: 'full',
  hidden: true,
};

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
