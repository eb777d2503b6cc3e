import type * as schema from '../api/schema';

/** What can be done about cost in the inbox. */
export type Act = 'assign' | 'split' | 'ask' | 'exclude' | 'include';
type Verb = { id: Act; label: string };
const LEFT: readonly Verb[] = [
  { id: 'assign', label: 'Assign' },
  { id: 'split', label: 'Split' },
  { id: 'ask', label: 'Ask' },
  { id: 'exclude', label: 'Exclude' },
];
const BACK: Verb = { id: 'include', label: 'Bring back' };
export const ACTS: readonly Verb[] = [...LEFT, BACK];

/** What is excluded stands apart until it is brought back, or until somebody owns it. */
export function actsOf(kind: schema.Unallocated['kind']): typeof ACTS {
  return kind === 'excluded' ? [...LEFT.filter(({ id }) => id === 'assign' || id === 'ask'), BACK] : LEFT;
}
