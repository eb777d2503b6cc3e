import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/explore/explain',
  label: 'Explain',
  icon: 'explore',
  order: 31,
  key: '',
  scope: 'full',
  hidden: true,
  Component: latePage(() => import('../explain/Body')),
};
