import type { Page } from '../app/pages';
import { askExplore } from '../explore/ahead';
import { EXPLORE_TABS } from '../explore/tabs';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/explore',
  label: 'Explore',
  icon: 'explore',
  order: 30,
  key: 'e',
  scope: 'full',
  tabs: EXPLORE_TABS.map(({ id }) => id),
  ahead: askExplore,
  Component: latePage(() => import('../explore/Body')),
};
