import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/welcome',
  label: 'Welcome',
  icon: 'upload',
  order: 90,
  key: 'i',
  scope: 'none',
  hidden: true,
  Component: latePage(() => import('../jobs/Doors')),
};
