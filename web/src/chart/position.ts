/** The only place where an amount becomes a binary number: to find its pixel. Nothing made here is ever printed. */
export function position(text: string | null | undefined): number {
  return text === null || text === undefined ? 0 : Number(text);
}

/** Positions of a running sum, for the cumulative chart; its printed figures come from the answer. */
export function running(values: readonly (string | null)[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += position(value);
    return sum;
  });
}

/** Width of a bar as a fraction of the widest, between 0 and 1. */
export function fraction(text: string | null, widest: string | null): number {
  const whole = Math.abs(position(widest));
  return whole === 0 ? 0 : Math.min(1, Math.abs(position(text)) / whole);
}
