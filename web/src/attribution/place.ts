/** The place in the documents that lies open: a file, and a line of it. */
export interface FilePlace {
  file: string;
  line: number | null; // from 1
}

const PLACE = /^(.+?)(?::([1-9]\d{0,5}))?$/;

export function parsePlace(sel: string, files: readonly string[]): FilePlace {
  const found = PLACE.exec(sel);
  const file = files.find((name) => name === found?.[1]);
  if (!file) return { file: files[1] ?? files[0] ?? '', line: null };
  const line = found?.[2];
  return { file, line: line === undefined ? null : lineNumber(line) };
}

export function printPlace(file: string, line: number | null): string {
  return line === null ? file : `${file}:${line}`;
}

/** A count of lines, never an amount. */
function lineNumber(digits: string): number {
  return [...digits].reduce((sum, digit) => sum * 10 + '0123456789'.indexOf(digit), 0);
}
