/** Settings that hold for the organisation, and where one's own visit begins. */
import { lazy, Suspense } from 'react';
import type { Page } from '../app/pages';
import { Skeleton } from '../ui/States';

// Not part of the first paint of any other page.
const Body = lazy(() => import('../settings/Body'));

function Settings() {
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Body />
    </Suspense>
  );
}

export const page: Page = {
  path: '/settings',
  label: 'Settings',
  icon: 'settings',
  order: 97,
  key: '',
  scope: 'none',
  hidden: true,
  Component: Settings,
};
