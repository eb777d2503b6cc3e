/** Whose cost it is and what would change that: rules, inbox, versions, shared cost, tags, the organisation. */
import { lazy, Suspense } from 'react';
import type { Page } from '../app/pages';
import { ATTRIBUTION_TABS } from '../attribution/tabs';
import { Skeleton } from '../ui/States';

// Not part of the first paint of any other page.
const Body = lazy(() => import('../attribution/Body'));

function Attribution() {
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Body />
    </Suspense>
  );
}

export const page: Page = {
  path: '/attribution',
  label: 'Attribution',
  icon: 'rules',
  order: 60,
  key: 'a',
  scope: 'address',
  tabScopes: { tags: 'slice', org: 'days' },
  tabs: ATTRIBUTION_TABS.map(({ id }) => id),
  Component: Attribution,
};
