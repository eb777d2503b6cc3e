import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/data',
  label: 'Data',
  icon: 'data',
  order: 80,
  key: 'd',
  scope: 'none',
  Component: latePage(() => import('../data/Body')),
};
