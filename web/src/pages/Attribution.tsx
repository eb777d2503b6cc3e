import type { Page } from '../app/pages';
import { ATTRIBUTION_TABS } from '../attribution/tabs';
import { latePage } from '../ui/late';

/** Whose cost it is and what would change that: rules, inbox, versions, shared cost, tags, the organisation. */
export const page: Page = {
  path: '/attribution',
  label: 'Attribution',
  icon: 'rules',
  order: 60,
  key: 'a',
  scope: 'address',
  tabScopes: { tags: 'slice', org: 'days' },
  tabs: ATTRIBUTION_TABS.map(({ id }) => id),
  Component: latePage(() => import('../attribution/Body')),
};
