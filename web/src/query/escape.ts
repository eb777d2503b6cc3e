/** The escapes of the address grammar: a backslash makes the next sign literal. */

const MARKERS: readonly string[] = ['(none)', '(other)'];

/** One wanted value of a filter: literal text, text to be contained, or a marker. */
export interface Value {
  text: string;
  contains: boolean;
  marker: boolean;
}

export const NONE: Value = { text: '(none)', contains: false, marker: true };

export function literal(text: string): Value {
  return { text, contains: false, marker: false };
}

/** Cuts at unescaped separators; escapes stay in the pieces. */
export function cut(text: string, separator: string, limit = Number.POSITIVE_INFINITY): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '\\' && at + 1 < text.length) {
      piece += sign + text.charAt(++at);
    } else if (sign === separator && pieces.length + 1 < limit) {
      pieces.push(piece);
      piece = '';
    } else {
      piece += sign;
    }
  }
  pieces.push(piece);
  return pieces;
}

export function unescapeText(text: string): string {
  return text.replace(/\\([\s\S])/g, '$1');
}

export function escapeName(name: string): string {
  return name.replace(/[\\:,]/g, '\\$&').replace(/^-/, '\\-');
}

export function parseValue(text: string): Value {
  if (text.startsWith('~')) return { text: unescapeText(text.slice(1)), contains: true, marker: false };
  if (MARKERS.includes(text)) return { text, contains: false, marker: true };
  return literal(unescapeText(text));
}

export function printValue(value: Value): string {
  if (value.marker) return value.text;
  const body = value.text.replace(/[\\,]/g, '\\$&');
  if (value.contains) return `~${body}`;
  return /^[~(]/.test(body) ? `\\${body}` : body;
}

/** Percent-encodes only what an address cannot carry, so that it stays readable; the server writes the same form. */
export function encodeWord(text: string): string {
  return encodeURIComponent(text)
    .replace(/%(3A|2C|2F|40)/gi, (hex) => decodeURIComponent(hex))
    .replace(/'/g, '%27');
}
