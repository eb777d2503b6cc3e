import type * as schema from '../api/schema';

/** What can be done about cost in the inbox. */
export type Act = 'assign' | 'split' | 'ask' | 'exclude';
export const ACTS: readonly { id: Act; label: string }[] = [
  { id: 'assign', label: 'Assign' },
  { id: 'split', label: 'Split' },
  { id: 'ask', label: 'Ask' },
  { id: 'exclude', label: 'Exclude' },
];

/** What has an owner is not divided: pools of the inbox take from nobody. */
export function actsOf(kind: schema.Unallocated['kind']): typeof ACTS {
  const owned = kind === 'doubtful' || kind === 'contradicted';
  return owned ? ACTS.filter(({ id }) => id === 'assign' || id === 'ask') : ACTS;
}
