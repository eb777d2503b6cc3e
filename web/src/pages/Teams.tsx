import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/teams',
  label: 'Teams',
  icon: 'teams',
  order: 20,
  key: 't',
  scope: 'full',
  Component: latePage(() => import('../teams/List')),
};
