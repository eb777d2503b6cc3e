/** Files that are asked for where no link can be: whoever takes files for the reader listens here. */
export interface Wanted {
  path: string; // of the API
  body?: unknown; // a draft, which no address can hold
}

let taker: (wanted: Wanted) => void = () => {};

export function want(wanted: Wanted): void {
  taker(wanted);
}

export function takenBy(next: (wanted: Wanted) => void): void {
  taker = next;
}
