/** What of the inbox lies open: which cost, in which order, and the groups that a question is about. */
import type * as schema from '../api/schema';

export type Kind = schema.Unallocated['kind'];
export type Order = 'urgent' | 'cost' | 'lines' | 'owner';

export interface InboxPlace {
  kind: Kind;
  order: Order;
  groups: readonly string[]; // ids; none: every group
  team: string; // who is asked whether they are its own
}

export const KINDS: readonly { id: Kind; label: string }[] = [
  { id: 'unallocated', label: 'Unallocated' },
  { id: 'doubtful', label: 'Doubtful' },
  { id: 'contradicted', label: 'Contradicted' },
  { id: 'excluded', label: 'Excluded' },
];

export const ORDERS: readonly { id: Order; label: string; note: string }[] = [
  { id: 'urgent', label: 'Money × certainty', note: 'What is worth most and surest first' },
  { id: 'cost', label: 'Money', note: 'The largest amounts first' },
  { id: 'lines', label: 'Lines', note: 'The most bill lines first' },
  { id: 'owner', label: 'Likely owner', note: 'Grouped by the team that is thought of' },
];

const ID = /^[0-9a-f]{12}$/;

/** `doubtful;order:owner;group:ID,ID;team:KEY`; what it does not know is left out. */
export function parseInbox(sel: string): InboxPlace {
  const found = new Map(
    sel.split(';').map((word) => [word.split(':', 1)[0] ?? '', word.slice(word.indexOf(':') + 1)] as const),
  );
  return {
    kind: KINDS.find(({ id }) => found.has(id))?.id ?? 'unallocated',
    order: ORDERS.find(({ id }) => id === found.get('order'))?.id ?? 'urgent',
    groups: (found.get('group') ?? '').split(',').filter((id) => ID.test(id)),
    team: found.get('team') ?? '',
  };
}

export function printInbox({ kind, order, groups, team }: InboxPlace): string {
  return [
    kind !== 'unallocated' && kind,
    order !== 'urgent' && `order:${order}`,
    groups.length > 0 && `group:${groups.join(',')}`,
    team && `team:${team}`,
  ]
    .filter(Boolean)
    .join(';');
}

/** The same as the API has it. */
export function askedText({ kind, order, groups }: InboxPlace): string {
  return new URLSearchParams({
    ...(kind !== 'unallocated' && { kind }),
    ...(order !== 'urgent' && { sort: order }),
    ...(groups.length > 0 && { group: groups.join(',') }),
  }).toString();
}
