import { useSources } from '../api/queries';
import type { Answer, Source } from '../api/types';
import { halfOpen, shortDay } from '../format/dates';
import { Icon } from '../ui/Icon';
import { Link } from './Link';

/** How far the data reaches, who is late, and which rules were in force: the honesty line under every question. */
export function Freshness({ answer }: { answer: Answer | undefined }) {
  const sources = useSources().data?.sources ?? [];
  if (!answer) return <p className="fresh">&nbsp;</p>;
  const reach = answer.period.start && answer.period.end ? halfOpen(answer.period) : 'no days';
  const late = sources.filter((source) => source.late && source.source in answer.data_to);
  const monthly = sources.filter((source) => source.grain === 'monthly' && source.source in answer.data_to);
  return (
    <div className="fresh">
      <span>
        {reach}
        {answer.compare?.start ? ` vs ${halfOpen(answer.compare)}` : ''}, UTC
      </span>
      <span>{dataTo(answer, sources)}</span>
      {late.map((source) => (
        <Link key={source.source} path="/data" className="fresh-late">
          <Icon name="warn" size={14} /> {source.label} late{source.data_to ? `, to ${shortDay(source.data_to)}` : ''}
        </Link>
      ))}
      {monthly.length > 0 && <span>{monthly.map((source) => source.label).join(', ')} monthly</span>}
      <span>{answer.basis === 'billing' ? 'billing periods' : 'charge days'}</span>
      <span>rules v{answer.rules_version}</span>
      {answer.known_on && <span className="badge warn">as known on {answer.known_on}</span>}
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

/** Sentences an answer carries about itself. */
export function Warnings({ answer }: { answer: Answer | undefined }) {
  if (!answer || answer.warnings.length === 0) return null;
  const texts = [
    ...new Set(answer.warnings.map((item) => (typeof item === 'string' ? item : (item.message ?? item.detail ?? '')))),
  ];
  return (
    <ul className="notices">
      {texts.filter(Boolean).map((text) => (
        <li key={text} className="notice warn">
          <Icon name="warn" size={16} /> {text}
        </li>
      ))}
    </ul>
  );
}
