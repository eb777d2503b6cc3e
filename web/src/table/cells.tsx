/** Cells that several tables draw alike. */
import type { CSSProperties } from 'react';
import { fraction } from '../chart/position';
import { type ChangeFacts, change } from '../format/change';
import { absolute, compare } from '../format/decimal';
import { exact, isNegative, money, percent, shortened } from '../format/format';

export function MoneyCell({ amount }: { amount: string | null | undefined }) {
  return (
    <data value={amount ?? ''} title={exact(amount)}>
      {money(amount)}
    </data>
  );
}

export function ChangeCell(facts: ChangeFacts) {
  const said = change(facts);
  if (!said) return <>–</>;
  return (
    <span className={`change ${said.direction}`} title={facts.change ?? ''}>
      <span aria-hidden="true">{said.direction === 'up' ? '▲ ' : said.direction === 'down' ? '▼ ' : ''}</span>
      {said.direction === 'same' ? '≈ same' : said.amount}
    </span>
  );
}

export function ChangePercentCell(facts: ChangeFacts) {
  const said = change(facts);
  if (!said) return <>–</>;
  return <span className={`change ${said.direction}`}>{said.direction === 'same' ? '≈ same' : said.note || '–'}</span>;
}

/** A share as text with a bar behind it; the text carries the meaning. */
export function ShareCell({ share }: { share: string | null | undefined }) {
  return (
    <span className="share">
      <span className="share-bar" aria-hidden="true">
        <span style={{ width: `${fraction(share ?? null, '100') * 100}%` }} />
      </span>
      <span className="share-text">{percent(share)}</span>
    </span>
  );
}

/** A long name by both of its ends; all of it is in the title, with more where that is given. */
export function Shortened({ text, most, title = text }: { text: string | null; most: number; title?: string | null }) {
  if (text === null || text === '') return <>–</>;
  const short = shortened(text, most);
  return (
    <span className="short" {...(short !== title && { title: title ?? '' })}>
      {short}
    </span>
  );
}

/** The amount farthest from zero: what the shade of a cell is measured by. */
export function widestOf(amounts: readonly (string | null | undefined)[]): string {
  let widest = '0';
  for (const amount of amounts) if (amount && compare(absolute(amount), widest) > 0) widest = absolute(amount);
  return widest;
}

/** An amount on a shade of its size; below zero the shade is another one, and the sign says so. */
export function HeatCell({ amount, widest }: { amount: string | null | undefined; widest: string }) {
  if (!amount) return <span className="heat">–</span>;
  return (
    <data
      value={amount}
      title={exact(amount)}
      className={isNegative(amount) ? 'heat below' : 'heat'}
      style={{ '--heat': `${Math.round(fraction(amount, widest) * 40)}%` } as CSSProperties}
    >
      {money(amount)}
    </data>
  );
}
