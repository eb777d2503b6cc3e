import { useStatus } from '../api/queries';
import { useAddress } from '../app/address';
import { NothingLoaded } from '../app/NothingLoaded';
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
  if (useStatus().data?.empty) return <NothingLoaded>Nothing changed until there is cost.</NothingLoaded>;
  return (
    <Explanation
      query={query}
      why={{ view: view.tab || CAUSE, filter: null }}
      onView={(next) => go({ view: { tab: next === CAUSE ? '' : next }, replace: true })}
    />
  );
}
