import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/resources',
  label: 'Resource',
  icon: 'explore',
  order: 95,
  key: '',
  scope: 'filters',
  hidden: true,
  Component: latePage(() => import('../explore/Resource')),
};
