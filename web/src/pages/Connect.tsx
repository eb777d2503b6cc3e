import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/data/connect',
  label: 'Connect a provider',
  icon: 'link',
  order: 91,
  key: '',
  scope: 'none',
  hidden: true,
  Component: latePage(() => import('../connect/Body')),
};
