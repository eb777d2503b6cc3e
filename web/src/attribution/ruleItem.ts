/** A rule as the text has it, taken apart for a form and put together again. */
export type Texts = string | string[];
export type Condition = { [word: string]: Texts | Condition | Condition[] };
export type Item = { [field: string]: Texts | Condition | { [name: string]: Texts } };
export type Kind = 'check' | 'all' | 'any' | 'not';
export type Answer = 'value' | 'from' | 'lookup';

export const KINDS: readonly { id: Kind; label: string }[] = [
  { id: 'check', label: 'A comparison' },
  { id: 'all', label: 'All of' },
  { id: 'any', label: 'Any of' },
  { id: 'not', label: 'Not' },
];
export const NEW_CHECK: Condition = { column: '', equals: '' };

export function kindOf(condition: Condition): Kind {
  return (['all', 'any', 'not'] as const).find((kind) => kind in condition) ?? 'check';
}

/** The parts of a group, the one of `not`, or nothing. */
export function partsOf(condition: Condition): Condition[] {
  const kind = kindOf(condition);
  if (kind === 'check') return [];
  const below = condition[kind];
  return Array.isArray(below) ? (below as Condition[]) : [below as Condition];
}

/** The same parts under another word; a comparison becomes a part, and of parts the first becomes the comparison. */
export function asKind(condition: Condition, kind: Kind): Condition {
  const was = kindOf(condition);
  if (kind === was) return condition;
  const parts = was === 'check' ? [condition] : partsOf(condition);
  const first = parts[0] ?? NEW_CHECK;
  if (kind === 'check') return kindOf(first) === 'check' ? first : NEW_CHECK;
  return kind === 'not' ? { not: first } : { [kind]: parts };
}

export function withParts(condition: Condition, parts: Condition[]): Condition {
  const kind = kindOf(condition);
  return kind === 'not' ? { not: parts[0] ?? NEW_CHECK } : { [kind]: parts };
}

export function comparisonOf(check: Condition): string {
  return Object.keys(check).find((word) => word !== 'column') ?? 'equals';
}

export function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === undefined || value === null ? [] : [String(value)];
}

/** One text, or a list of several; blanks at the end are what was not written. */
export function oneOrMany(texts: readonly string[]): Texts {
  const kept = texts.filter((text) => text !== '');
  return kept.length === 1 ? (kept[0] ?? '') : kept;
}

export function withTexts(check: Condition, comparison: string, texts: readonly string[]): Condition {
  return { column: String(check.column ?? ''), [comparison]: oneOrMany(texts) };
}

/** A condition in one line of words. */
export function said(condition: Condition): string {
  const kind = kindOf(condition);
  if (kind === 'not') return `not (${said(partsOf(condition)[0] ?? NEW_CHECK)})`;
  if (kind !== 'check')
    return partsOf(condition)
      .map((part) => (['all', 'any'].includes(kindOf(part)) ? `(${said(part)})` : said(part)))
      .join(kind === 'all' ? ' and ' : ' or ');
  const comparison = comparisonOf(condition);
  const texts = textsOf(condition[comparison]);
  if (comparison === 'missing') return `${condition.column} is ${texts[0] === 'false' ? 'there' : 'missing'}`;
  return `${condition.column} ${comparison} ${texts.map((text) => `“${text}”`).join(' or ')}`;
}

export function answerOf(item: Item): Answer {
  return (['from', 'lookup'] as const).find((kind) => kind in item) ?? 'value';
}

/** What a rule answers, in words. */
export function answerSaid(item: Item): string {
  const kind = answerOf(item);
  if (kind === 'value') return textsOf(item.value).join();
  if (kind === 'from') return `from ${textsOf(item.from).join(', else ')}`;
  return `looked up in ${textsOf((item.lookup as Condition).table).join()}`;
}

/** The item with a field set, or without it where nothing is written; the order of fields stays. */
export function withField(item: Item, field: string, value: Item[string] | undefined): Item {
  const { [field]: _, ...others } = item;
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return others;
  return field in item
    ? Object.fromEntries(Object.entries(item).map(([name, old]) => [name, name === field ? value : old]))
    : { ...item, [field]: value };
}

/** The field that a line lies in, of the lines where fields begin. */
export function fieldAt(entries: Readonly<Record<string, number>>, line: number | null): string {
  if (line === null) return '';
  const before = Object.entries(entries).filter(([, start]) => start <= line);
  return before.sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
