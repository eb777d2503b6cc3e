import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/data/source/$source',
  label: 'Source',
  icon: 'data',
  order: 93,
  key: '',
  scope: 'none',
  hidden: true,
  Component: latePage(() => import('../data/Source')),
};
