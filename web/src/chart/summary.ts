/** What a chart says, as one sentence, for those who do not see it and for those who want it said. */
import { bucketLabel } from '../format/dates';
import { compare } from '../format/decimal';
import { absolute, isNegative, money } from '../format/format';
import { flagsAt } from './flags';
import { type ChartSpec, largest, type Step } from './spec';

const EACH = { day: 'day', week: 'week', month: 'month' } as const;

export function summary(spec: ChartSpec): string {
  if (spec.steps) return stepSummary(spec, spec.steps);
  const known = spec.totals
    .map((value, index) => ({ value, index }))
    .filter((item) => item.value !== null && !spec.partial[item.index]);
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last) return `${spec.measure}: nothing in this range.`;
  const name = (index: number) => bucketLabel(spec.buckets[index] ?? '', spec.grain);
  const order = compare(last.value, first.value);
  const verb = order > 0 ? 'rose' : order < 0 ? 'fell' : 'stayed';
  const top = largest(spec.totals.map((value, index) => (spec.partial[index] ? null : value)));
  const group = spec.series.find((series) => series.kind === 'group');
  const parts = [
    `${spec.measure} per ${EACH[spec.grain]} ${verb} from ${money(first.value)} on ${name(first.index)} to ${money(last.value)} ${spec.unit} on ${name(last.index)}`,
    `highest ${money(spec.totals[top])} on ${name(top)}`,
  ];
  if (group) parts.push(`largest group ${group.label}`);
  const partial = spec.partial.filter(Boolean).length;
  if (partial)
    parts.push(`the last ${partial === 1 ? EACH[spec.grain] : `${partial} ${EACH[spec.grain]}s`} not complete`);
  if (spec.flags?.length) parts.push(`${spec.flags.length} noted`);
  return `${parts.join('; ')}.`;
}

/** What the live region reads when the cursor moves: date, total and the top three. */
export function reading(spec: ChartSpec, index: number): string {
  const step = spec.steps?.[index];
  if (step) return `${stepReading(step)} ${spec.unit}`;
  const bucket = spec.buckets[index];
  if (bucket === undefined) return '';
  const top = [...spec.series]
    .filter((series) => series.values[index] !== null && series.kind !== 'total')
    .sort((a, b) => compare(b.values[index] ?? null, a.values[index] ?? null))
    .slice(0, 3)
    .map((series) => `${series.label} ${money(series.values[index])}`);
  const head = `${bucketLabel(bucket, spec.grain)}: ${money(spec.totals[index])} ${spec.unit}`;
  const flags = flagsAt(spec.flags, index).map(({ text }) => `noted: ${text}`);
  return [`${head}${spec.partial[index] ? ', partial' : ''}`, ...top, ...flags].join('; ');
}

/** Where it began, every step, where it ended. */
function stepSummary(spec: ChartSpec, steps: readonly Step[]): string {
  return `${spec.measure}, ${spec.unit}: ${steps.map(stepReading).join('; ')}.`;
}

export function stepReading({ kind, label, amount }: Step): string {
  if (kind === 'start' || kind === 'end') return `${label} ${money(amount)}`;
  return `${label} ${isNegative(amount) ? 'less by' : 'more by'} ${money(absolute(amount))}`;
}
