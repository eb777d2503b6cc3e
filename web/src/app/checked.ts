/** Words that can be read but name nothing: dropped from the question, and named. */
import type { Catalogue } from '../api/types';
import type { Address } from '../query/address';
import { DEFAULTS, type Fault, nearest, printFilter } from '../query/query';

/** Whether the address names anything that only the catalogue knows. */
export function names({ query }: Address): boolean {
  return query.by.length > 0 || query.where.length > 0 || query.measures.join() !== DEFAULTS.measures.join();
}

export function checked(address: Address, catalogue: Catalogue | undefined): Address {
  if (!catalogue) return address;
  const { query } = address;
  const dimensions = catalogue.dimensions.map(({ name }) => name);
  const measures = catalogue.measures.map(({ name }) => name);
  const knows = (name: string) => dimensions.includes(name) || name.startsWith('tag.');
  const faults: Fault[] = [
    ...query.measures
      .filter((name) => !measures.includes(name))
      .map((name) => ({ word: 'measures', value: name, nearest: nearest(name, measures), fellBack: '' })),
    ...query.by
      .filter((name) => !knows(name))
      .map((name) => ({ word: 'by', value: name, nearest: nearest(name, dimensions), fellBack: '' })),
    ...query.where
      .filter(({ dimension }) => !knows(dimension))
      .map((filter) => ({
        word: 'where',
        value: printFilter(filter),
        nearest: nearest(filter.dimension, dimensions),
        fellBack: '',
      })),
  ];
  if (faults.length === 0) return address;
  const kept = query.measures.filter((name) => measures.includes(name));
  return {
    ...address,
    query: {
      ...query,
      measures: kept.length ? kept : DEFAULTS.measures,
      by: query.by.filter(knows),
      where: query.where.filter(({ dimension }) => knows(dimension)),
    },
    faults: [...address.faults, ...faults.map((fault) => said(fault, kept.length === 0))],
  };
}

function said(fault: Fault, noMeasure: boolean): Fault {
  return fault.word === 'measures' && noMeasure ? { ...fault, fellBack: DEFAULTS.measures.join(', ') } : fault;
}
