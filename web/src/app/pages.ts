import type { ComponentType } from 'react';
import type { Source } from '../api/types';
import type { CostQuery } from '../query/query';
import type { IconName } from '../ui/Icon';
import { type Late, latePage } from '../ui/late';

/** What is known before a page is drawn. */
export interface Known {
  demo: boolean;
  sources: readonly Source[];
}

/**
 * What of the scope bar is understood: all of it; a slice without a comparison; filters and measure, of days of its own;
 * days alone; only the address itself, as a view; nothing.
 */
export type Scope = 'full' | 'slice' | 'filters' | 'days' | 'address' | 'none';

/** A page is one file in src/pages: what it exports as `page` makes it a route, a rail entry and a key; its default is drawn. */
export interface Page {
  path: string; // a segment that begins with $ stands for any text: /teams/$team
  label: string;
  icon: IconName;
  order: number; // in the rail; by frequency
  key: string; // after `g`
  scope: Scope;
  tabScopes?: Readonly<Record<string, Scope>>; // of tabs that understand more or less than the page
  tabs?: readonly string[]; // what `tab` may be; a page without them reads the word itself
  hidden?: boolean; // reachable, but no entry in the rail
  ahead?: (query: CostQuery, known: Known) => void; // asks what it will ask for certain, as there is any cost
}

/** As it stands in its place: what it draws is fetched when it is opened. */
export type Placed = Page & { Component: Late<object> };

// Of each file twice: what it declares, at once (scripts/pages.mjs), and all of it once the page is opened.
const declared = import.meta.glob<Page>('../pages/*.tsx', { eager: true, import: 'page', query: '?page' });
const bodies = import.meta.glob<{ default: ComponentType<object> }>('../pages/*.tsx');

export const PAGES: readonly Placed[] = Object.entries(bodies)
  .map(([file, load]) => ({ ...(declared[file] as Page), Component: latePage(load) }))
  .sort((a, b) => a.order - b.order);

/** The page that stands at a path; its own name goes before a segment that stands for any text. */
export function pageAt(path: string): Placed | undefined {
  const fits = (page: Page) => {
    const wanted = page.path.split('/');
    const given = path.split('/');
    return wanted.length === given.length && wanted.every((part, at) => part === given[at] || part.startsWith('$'));
  };
  return PAGES.find((page) => page.path === path) ?? PAGES.find(fits);
}

export function scopeOf(page: Page | undefined, tab: string): Scope {
  return page ? (page.tabScopes?.[tab] ?? page.scope) : 'none';
}

/** Whether a page is the one at a path or lies above it, for the rail. */
export function isWithin(path: string, page: Page): boolean {
  return path === page.path || (page.path !== '/' && path.startsWith(`${page.path}/`));
}
