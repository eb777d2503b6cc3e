import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/data/connect/$kind',
  label: 'Connect a provider',
  icon: 'link',
  order: 92,
  key: '',
  scope: 'none',
  hidden: true,
  Component: latePage(() => import('../connect/Wizard')),
};
