/** Whose cost a note is about: what the filters of the page say, from everything to all of them. */
import { type CostQuery, DEFAULTS, type Filter, printQuery } from '../query/query';
import { teamFilter } from '../teams/questions';

export interface Scope {
  text: string; // in the words of a query; empty: the whole estate
  label: string;
  team: string | null; // who else may be meant by "the team"
}

const NAMED = ['team', 'service'];
const TEAM_PAGE = /^\/teams\/([^/]+)$/;

export function scopeText(where: readonly Filter[]): string {
  return printQuery({ ...DEFAULTS, where: [...where] });
}

/** The filters of a page: those of the address, and the team whose page it is. */
export function filtersOf(path: string, query: CostQuery): Filter[] {
  const team = TEAM_PAGE.exec(path)?.[1];
  return team === undefined ? query.where : [...query.where, teamFilter(decodeURIComponent(team))];
}

/** From the widest to the narrowest. */
export function scopesOf(where: readonly Filter[], called = (_dimension: string, value: string) => value): Scope[] {
  const single = where.flatMap((filter) => {
    const [value] = filter.values;
    const exact = !filter.negated && filter.values.length === 1 && value && !value.marker && !value.contains;
    if (!exact || !NAMED.includes(filter.dimension)) return [];
    const team = filter.dimension === 'team' ? value.text : null;
    return [
      { text: scopeText([filter]), label: `The ${filter.dimension} ${called(filter.dimension, value.text)}`, team },
    ];
  });
  const all = scopeText(where);
  const whole = { text: '', label: 'The whole estate', team: null };
  if (where.length === 0 || single.some(({ text }) => text === all)) return [whole, ...single];
  const label = where.length === 1 ? 'What the filter lets in' : 'What all filters let in';
  return [whole, ...single, { text: all, label, team: single.find(({ team }) => team)?.team ?? null }];
}
