/** Words that can be read but name nothing: dropped from the question, and named. */
import type { Catalogue } from '../api/types';
import { type Address, VIEW_DEFAULTS } from '../query/address';
import { DEFAULTS, type Fault, nearest, printFilter } from '../query/query';
import { parseSort } from '../query/sort';

const DECIDED = /^(rule|layer|reason|version)\./;

/** Whether the address names anything that only the catalogue knows. */
export function names({ query }: Address): boolean {
  return query.by.length > 0 || query.where.length > 0 || query.measures.join() !== DEFAULTS.measures.join();
}

/** What is kept of a word's values; the others are faults. */
interface Kept<T> {
  kept: T[];
  faults: Fault[];
}

function sift<T>(
  word: string,
  all: readonly T[],
  known: readonly string[],
  nameOf: (one: T) => string,
  more: { knows?: (name: string) => boolean; print?: (one: T) => string } = {},
): Kept<T> {
  const knows = more.knows ?? ((name: string) => known.includes(name));
  const bad = all.filter((one) => !knows(nameOf(one)));
  const said = (one: T): Fault => {
    const value = more.print?.(one) ?? nameOf(one);
    return { word, value, nearest: nearest(nameOf(one), known), fellBack: '' };
  };
  return { kept: bad.length ? all.filter((one) => knows(nameOf(one))) : [...all], faults: bad.map(said) };
}

/** The address without what names nothing; `tabs` are those of its page, when it has any. */
export function checked(
  address: Address,
  catalogue: Catalogue | undefined,
  tabs: readonly string[] | undefined = undefined,
): Address {
  if (!catalogue) return address;
  const { query, view } = address;
  const dimensions = catalogue.dimensions.map(({ name }) => name);
  const knows = (name: string) =>
    dimensions.includes(name) ||
    name.startsWith('tag.') ||
    (DECIDED.test(name) && dimensions.includes(name.slice(name.indexOf('.') + 1)));
  const known = catalogue.measures.map(({ name }) => name);
  const measures = sift('measures', query.measures, known, (name) => name);
  const by = sift('by', query.by, dimensions, (name) => name, { knows });
  const where = sift('where', query.where, dimensions, (one) => one.dimension, { knows, print: printFilter });
  const asked = measures.kept.length ? measures.kept : DEFAULTS.measures;
  const columns = sortColumns(asked, by.kept, query.compare !== 'none', view.tab);
  const sort = sift('sort', query.sort, columns, (word) => parseSort(word).id, { print: (word) => word });
  const tab = sift('tab', view.tab ? [view.tab] : [], tabs ?? [view.tab], (name) => name);
  const faults = [measures, by, where, sort, tab].flatMap((one) => one.faults);
  if (faults.length === 0) return address;
  const instead = asked === measures.kept ? '' : asked.join(', ');
  return {
    ...address,
    query: { ...query, measures: asked, by: by.kept, where: where.kept, sort: sort.kept },
    view: { ...view, tab: tab.kept[0] ?? VIEW_DEFAULTS.tab },
    faults: [
      ...address.faults,
      ...faults.map((fault) => (fault.word === 'measures' ? { ...fault, fellBack: instead } : fault)),
    ],
  };
}

const COMPARED = ['previous_', 'change_', 'change_percent_'];
const USAGE = ['pricing_quantity', 'pricing_unit', 'effective_rate'];

/** What the tables of a page can be sorted by. */
function sortColumns(measures: string[], by: string[], compared: boolean, tab: string): string[] {
  const before = compared ? measures.flatMap((name) => COMPARED.map((prefix) => prefix + name)) : [];
  const groups = by.length ? by : ['team'];
  return [...groups, 'currency', ...measures, ...before, 'share', ...(tab === 'usage' ? USAGE : [])];
}
