/** What the pages of teams ask: the reader's question, narrowed to one team. */
import { literal, NONE } from '../query/escape';
import { type CostQuery, DEFAULTS, type Filter, printQuery } from '../query/query';

export const TEAM = 'team';
const PRODUCTION = /^(prod|prd|production|live)$/i;

export function teamFilter(team: string): Filter {
  return { dimension: TEAM, negated: false, values: [literal(team)] };
}

export const UNALLOCATED: Filter = { dimension: TEAM, negated: false, values: [NONE] };

/** A review begins as a comparison with the days before. */
export function compared(query: CostQuery): CostQuery {
  return { ...query, compare: query.compare === 'none' ? 'previous' : query.compare };
}

/** The reader's days, measure and filters, of this team alone. */
export function ofTeam(query: CostQuery, team: string): CostQuery {
  const { measures, period, basis, currency, incomplete, knownOn } = query;
  const where = [...query.where.filter((filter) => filter.dimension !== TEAM || filter.negated), teamFilter(team)];
  const own = { measures: measures.slice(0, 1), period, basis, currency, incomplete, knownOn, where };
  return { ...DEFAULTS, ...own, compare: query.compare };
}

/** A table of groups, with their share of the team. */
export function grouped(about: CostQuery, dimension: string): CostQuery {
  return { ...about, measures: [...about.measures.slice(0, 1), 'share'], by: [dimension] };
}

/** Without comparison: what a chart or a list of months is made of. */
export function plain(about: CostQuery): CostQuery {
  return { ...about, compare: 'none' };
}

/** Production, all other environments as one, and what has none: the server folds and divides. */
export function environments(about: CostQuery): CostQuery {
  return { ...plain(grouped(about, 'environment')), top: 1 };
}

export function isProduction(name: string | null | undefined): boolean {
  return PRODUCTION.test(name ?? '');
}

/** Last week against the week before: what has cost now and had none then. */
export function lastSevenDays(about: CostQuery): CostQuery {
  return { ...about, period: 'last_7_days', compare: 'previous' };
}

export function everything(about: CostQuery): CostQuery {
  return { ...plain(about), period: 'all' };
}

/** The page of a team over days that are written out: compared as a review is, with no day left out. */
export function reviewText(days: CostQuery): string {
  return teamText({ ...compared(days), incomplete: 'include' });
}

/** The bill lines of a slice: each opens with the reason why it is the team's. */
export function linesText(about: CostQuery, filters: readonly Filter[], by: string): string {
  const text = printQuery({ ...about, by: [by], where: [...about.where, ...filters] });
  return `${text}&tab=lines`;
}

export function teamPath(team: string): string {
  return `/teams/${encodeURIComponent(team)}`;
}

/** The words of the address that a team's page takes along to another team. */
export function teamText(query: CostQuery): string {
  return printQuery({ ...query, by: [], sort: [], grain: 'none', top: null });
}
