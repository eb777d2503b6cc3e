import type { Page } from '../app/pages';
import { TEAM_TABS } from '../teams/tabs';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/teams/$team',
  label: 'Team',
  icon: 'teams',
  order: 21,
  key: '',
  scope: 'full',
  hidden: true,
  tabs: TEAM_TABS.map(({ id }) => id),
  Component: latePage(() => import('../teams/Body')),
};
