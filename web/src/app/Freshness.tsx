import { useSources } from '../api/queries';
import type { Answer, Source } from '../api/types';
import { halfOpen, saidDays, shortDay } from '../format/dates';
import { Icon } from '../ui/Icon';
import { Link } from './Link';

/** How far the data reaches and which rules were in force: the honesty line under every question. */
export function Freshness({ answer, days }: { answer: Answer | undefined; days: boolean }) {
  const sources = useSources().data?.sources ?? [];
  if (!answer) return <p className="fresh">&nbsp;</p>;
  return (
    <div className="fresh">
      {days && (
        <span>
          {halfOpen(answer.period)}
          {answer.compare?.start ? ` vs ${halfOpen(answer.compare)}` : ''}
        </span>
      )}
      {answer.columns.some((column) => column.per === 'day') && <span>per day</span>}
      <span>{dataTo(answer, sources)}</span>
      <span>{answer.basis === 'billing' ? 'billing periods' : 'charge days, UTC'}</span>
      {answer.rules_version > 0 && <span>rules v{answer.rules_version}</span>}
      {answer.known_on && <span className="badge warn">as known on {shortDay(answer.known_on, true)}</span>}
    </div>
  );
}

function dataTo(answer: Answer, sources: readonly Source[]): string {
  const late = new Set(
    sources.filter((source) => source.late || source.grain === 'monthly').map((source) => source.source),
  );
  const days = Object.entries(answer.data_to)
    .filter(([source, day]) => day !== null && !late.has(source))
    .map(([, day]) => day as string)
    .sort();
  const day = answer.complete_to ?? days[0];
  return day ? `data to ${shortDay(day, true)}` : 'no data yet';
}

/** Sentences an answer carries about itself; what they speak of is on the data page. */
export function Warnings({ answer }: { answer: Answer | undefined }) {
  if (!answer || answer.warnings.length === 0) return null;
  const texts = [...new Set(answer.warnings)].filter(Boolean);
  return (
    <div className="notice warn compact">
      <Icon name="warn" size={16} />
      <ul>
        {texts.map((text) => (
          <li key={text}>{saidDays(text)}</li>
        ))}
      </ul>
      <Link path="/data">Sources</Link>
    </div>
  );
}
