import type { Page } from '../app/pages';
import { latePage } from '../ui/late';

/** Settings that hold for the organisation, and where one's own visit begins. */
export const page: Page = {
  path: '/settings',
  label: 'Settings',
  icon: 'settings',
  order: 97,
  key: '',
  scope: 'none',
  hidden: true,
  Component: latePage(() => import('../settings/Body')),
};
