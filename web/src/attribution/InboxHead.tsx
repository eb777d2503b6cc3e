import type * as schema from '../api/schema';
import { percent } from '../format/format';
import { FileMenu } from '../table/ExportMenu';
import { Sparkline } from '../table/Sparkline';
import { Picker } from '../ui/Picker';
import { Segments } from '../ui/Segments';
import { Costs } from './Costs';
import { type InboxPlace, KINDS, type Kind, ORDERS, type Order } from './inboxPlace';

/** The unallocated share against its limit, and how it came there. */
export function Shares({ found: { shares, excluded } }: { found: schema.Unallocated }) {
  if (shares.length === 0) return null;
  return (
    <ul className="coverage" aria-label="Unallocated share">
      {shares.map((one) => (
        <li key={one.currency}>
          <strong className={one.over ? 'bad-text' : ''}>{percent(one.percent)}</strong> of {one.currency} unallocated
          {one.over ? ', over the limit of ' : ' (limit '}
          {percent(one.limit)}
          {!one.over && ')'} <Sparkline values={one.trend.map((month) => month.percent)} unit="month" said={percent} />
        </li>
      ))}
      {excluded.length > 0 && (
        <li className="muted">
          <Costs cost={excluded} /> more is excluded: it stays in every total, and counts for no limit.
        </li>
      )}
    </ul>
  );
}

interface InboxHeadProps {
  place: InboxPlace;
  text: string; // the list as the API has it
  onMove: (change: Partial<InboxPlace>) => void;
}

export function InboxHead({ place, text, onMove }: InboxHeadProps) {
  return (
    <div className="editor-head">
      <Segments
        label="Cost"
        value={place.kind}
        choices={KINDS}
        onChange={(kind) => onMove({ kind: kind as Kind, groups: [], team: '' })}
      />
      <Picker
        label="Order"
        value={place.order}
        choices={ORDERS}
        onChange={(order) => onMove({ order: order as Order })}
        quiet
      />
      <FileMenu text={text} of="unallocated" name="the inbox" />
    </div>
  );
}
