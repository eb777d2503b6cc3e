import type { ReactNode } from 'react';
import type { IconName } from '../ui/Icon';

/** A page is one file in src/pages that exports `page`; lying there makes it a route, a rail entry and a key. */
export interface Page {
  path: string; // one segment
  label: string;
  icon: IconName;
  order: number; // in the rail; by frequency
  key: string; // after `g`
  scope: 'full' | 'filters' | 'none'; // what of the scope bar it understands
  hidden?: boolean; // reachable, but no entry in the rail
  Component: () => ReactNode;
}

const found = import.meta.glob<{ page: Page }>('../pages/*.tsx', { eager: true });

export const PAGES: readonly Page[] = Object.values(found)
  .map((module) => module.page)
  .sort((a, b) => a.order - b.order);
