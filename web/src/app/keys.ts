import { useEffect, useRef } from 'react';
import { queryClient } from '../api/queries';
import type { Answer } from '../api/types';
import { known, shift } from '../format/dates';
import { moved } from '../query/narrowed';
import { step } from '../query/period';
import { printQuery } from '../query/query';
import { type Here, scopeQuery, useAddress } from './address';
import { isOverlaid, openOverlay } from './overlay';
import { PAGES, pageAt, scopeOf } from './pages';

export interface Key {
  keys: string;
  does: string;
}

const RANGES: Record<string, string> = {
  d: 'yesterday',
  w: 'last_7_days',
  m: 'month_to_date',
  q: 'last_90_days',
  y: 'last_12_months',
};
const MEASURES = ['effective_cost', 'billed_cost', 'list_cost'];

export const KEYS: readonly Key[] = [
  { keys: 'Ctrl K', does: 'Search pages, values and commands' },
  ...PAGES.filter((page) => !page.hidden).map((page) => ({ keys: `g ${page.key}`, does: `Go to ${page.label}` })),
  { keys: '/', does: 'Add a filter' },
  { keys: 'd w m q y', does: 'Yesterday, 7 days, this month, 90 days, 12 months' },
  { keys: '← →', does: 'Step the range back or forth' },
  { keys: 'x', does: 'Compare with the days before, or not' },
  { keys: 'b', does: 'Next cost measure' },
  { keys: 'e', does: 'Explain the change' },
  { keys: 'v', does: 'Views' },
  { keys: 'n', does: 'Note what happened' },
  { keys: 'r', does: 'On a team: its last week is reviewed' },
  { keys: 'j k', does: 'Next or previous row' },
  { keys: 'Enter', does: 'Open the row' },
  { keys: 'u', does: 'One step up' },
  { keys: '?', does: 'This list' },
];

/** Single keys work anywhere but in fields, and not while something lies over the page (WCAG 2.1.4). */
function blocked(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (event.defaultPrevented || event.altKey || event.metaKey || event.ctrlKey) return true;
  if (isOverlaid() || document.querySelector('[role="dialog"],[role="menu"],[role="listbox"]')) return true;
  return target?.closest('input, textarea, select, [contenteditable], [role="application"]') != null;
}

export function keysOff(): boolean {
  try {
    return localStorage.getItem('outlay.keys') === 'off';
  } catch {
    return false;
  }
}

export function useKeys(): void {
  const here = useAddress();
  const latest = useRef(here);
  latest.current = here;
  useEffect(() => {
    let afterG = false;
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openOverlay('palette');
        return;
      }
      if (blocked(event) || keysOff()) return;
      const handled = afterG ? goTo(event.key, latest.current) : act(event.key, latest.current);
      afterG = event.key === 'g' && !afterG;
      if (handled) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function goTo(key: string, here: Here): boolean {
  const page = PAGES.find((item) => item.key === key && key !== '');
  if (page) here.go({ path: page.path, view: { tab: '', sel: '', why: '' } });
  return page !== undefined;
}

function act(key: string, here: Here): boolean {
  const scope = scopeOf(pageAt(here.path), here.view.tab);
  const asks = scope !== 'none' && scope !== 'address';
  if (key === '?') openOverlay('keys');
  else if (key === '/') openAt('add-filter');
  else if (key === 'j' || key === 'k') moveRow(key === 'j' ? 1 : -1);
  else if (key === 'u') history.back();
  else if (key === 'e') openAt('explain-change');
  else if (key === 'r') document.getElementById('reviewed')?.click();
  else if (key === 'v') openAt('views');
  else if (key === 'n' && asks) note(here);
  else if (key === 'b' && asks && scope !== 'days') nextMeasure(here);
  else if (scope === 'full' || ((scope === 'slice' || scope === 'days') && key !== 'x')) return ranged(key, here);
  else return false;
  return true;
}

/** Pressed as by a reader who stands on it, so that closing leads back to it. */
function openAt(id: string): void {
  const button = document.getElementById(id);
  button?.focus();
  button?.click();
}

/** On the last day that the page covers, until the reader names others. */
function note({ query }: Here): void {
  const answer = queryClient.getQueryData<Answer>(['costs', printQuery(scopeQuery(query))]);
  const days = known(answer?.period);
  const covered = days ? shift(days.end.slice(0, 10), -1) : '';
  const complete = answer?.complete_to ?? covered;
  const last = complete < covered ? complete : covered;
  openOverlay({ first: last, last, annotation: null });
}

function ranged(key: string, here: Here): boolean {
  const { query, go } = here;
  const range = RANGES[key];
  if (range) go({ query: moved(query, range) });
  else if (key === 'x') go({ query: { compare: query.compare === 'none' ? 'previous' : 'none', sort: [] } });
  else if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const answer = queryClient.getQueryData<Answer>(['costs', printQuery(scopeQuery(query))]);
    const covered = known(answer?.period);
    if (covered) go({ query: moved(query, step(covered, key === 'ArrowLeft' ? -1 : 1)) });
  } else return false;
  return true;
}

function nextMeasure({ query, go }: Here): void {
  const at = MEASURES.indexOf(query.measures[0] ?? '');
  go({ query: { measures: [MEASURES[(at + 1) % MEASURES.length] ?? 'effective_cost'], sort: [] } });
}

/** Rows that can be opened carry a link or button marked `data-row`. */
function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
}
