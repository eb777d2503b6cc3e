/** How a change is said: arrow, sign and number, never colour alone. The numbers are the server's. */

import { compare, under } from './decimal';
import { absolute, isNegative, isZero, MINUS, money, percent } from './format';

export interface Change {
  direction: 'up' | 'down' | 'same';
  amount: string; // "+1,204.33"
  note: string; // "+4.2 %", "new", "ended", "≈ same"
  text: string; // both, as a sentence reads them
}

export interface ChangeFacts {
  now: string | null;
  before: string | null;
  change: string | null;
  changePercent: string | null;
}

/** Changes under this are noise; a setting of the server once it has one. */
export const NOISE_FLOOR = '10.00';

export function change(facts: ChangeFacts, floor: string = NOISE_FLOOR): Change | null {
  const { change: difference } = facts;
  if (difference === null || facts.now === null || facts.before === null) return null;
  const amount = `${isZero(difference) ? '' : isNegative(difference) ? MINUS : '+'}${money(absolute(difference))}`;
  if (under(difference, floor)) return { direction: 'same', amount, note: '≈ same', text: `≈ same (${amount})` };
  const direction = isNegative(difference) ? 'down' : 'up';
  const note = changeNote(facts);
  const arrow = direction === 'up' ? '▲' : '▼';
  return { direction, amount, note, text: `${arrow} ${amount}${note ? ` (${note})` : ''}` };
}

function changeNote({ now, before, changePercent }: ChangeFacts): string {
  if (isZero(before ?? '0')) return 'new';
  if (isZero(now ?? '0')) return 'ended';
  if (changePercent === null || under(before ?? '0', '1.00')) return '';
  if (compare(absolute(changePercent), '999') > 0) return '>999 %';
  const sign = isZero(changePercent) ? '' : isNegative(changePercent) ? MINUS : '+';
  return `${sign}${percent(absolute(changePercent))}`;
}
