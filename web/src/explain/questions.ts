/** What an explanation asks, and the word of the address that holds an open one. */
import { type CostQuery, DEFAULTS, type Filter, parseFilter, printFilter, printQuery } from '../query/query';

export const CAUSE = 'cause';
/** The view of how cost came to its owners; of another dimension than the team, `owners.DIMENSION`. */
export const OWNERS = 'owners';

/** The view of an explanation, and the row of a table that it is of. */
export interface Why {
  view: string; // `cause`, `owners`, or a dimension
  filter: Filter | null;
}

export function printWhy({ view, filter }: Why): string {
  return filter ? `${view}~${printFilter(filter)}` : view;
}

export function parseWhy(text: string): Why | null {
  if (!text) return null;
  const [view = CAUSE, ...rest] = text.split('~');
  return { view: view || CAUSE, filter: rest.length ? parseFilter(rest.join('~')) : null };
}

/** The question under a view: its group is the view's, and what says nothing about a change is left out. */
export function explainQuery(query: CostQuery, { view, filter }: Why): CostQuery {
  return {
    ...DEFAULTS,
    measures: query.measures.slice(0, 1),
    by: view === CAUSE ? [] : [view],
    where: filter ? [...query.where, filter] : query.where,
    period: query.period,
    basis: query.basis,
    compare: query.compare,
    currency: query.currency,
    incomplete: query.incomplete,
  };
}

/** The dimension that paths lead to, where a view is of paths. */
export function ownedBy(view: string): string | null {
  if (view === OWNERS) return 'team';
  return view.startsWith(`${OWNERS}.`) ? view.slice(OWNERS.length + 1) : null;
}

export function ownersView(dimension: string): string {
  return dimension === 'team' ? OWNERS : `${OWNERS}.${dimension}`;
}

/** Whose a total is: what says nothing about that is left out. */
export function pathsQuery(query: CostQuery, filter: Filter | null = null): CostQuery {
  return { ...explainQuery(query, { view: CAUSE, filter }), compare: 'none' };
}

/** Home has no comparison of its own: its month against the same days before. */
export function monthText(query: CostQuery): string {
  return printQuery({ ...query, compare: 'previous', by: [], sort: [] });
}

export const EXPLAIN = '/explore/explain';
