import type { Page } from '../app/pages';
import { askHome } from '../home/ahead';
import { latePage } from '../ui/late';

export const page: Page = {
  path: '/',
  label: 'Home',
  icon: 'home',
  order: 10,
  key: 'h',
  scope: 'filters',
  ahead: askHome,
  Component: latePage(() => import('../home/Body')),
};
