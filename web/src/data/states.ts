import { monthName } from '../format/dates';

/** States of loads in plain words; the mark is for the strip, where a colour alone would say nothing. */
export const STATES: Record<string, { label: string; tone: string; mark: string }> = {
  live: { label: 'live', tone: 'good', mark: '●' },
  landed: { label: 'kept', tone: '', mark: '◐' },
  running: { label: 'running', tone: '', mark: '◐' },
  queued: { label: 'waiting', tone: '', mark: '○' },
  superseded: { label: 'replaced', tone: '', mark: '○' },
  unchanged: { label: 'unchanged', tone: '', mark: '●' },
  held: { label: 'held', tone: 'warn', mark: '‖' },
  rejected: { label: 'rejected', tone: '', mark: '×' },
  quarantined: { label: 'set aside', tone: 'bad', mark: '×' },
  needs_attention: { label: 'needs attention', tone: 'bad', mark: '!' },
  failed: { label: 'failed', tone: 'bad', mark: '×' },
  interrupted: { label: 'interrupted', tone: 'bad', mark: '×' },
  cancelled: { label: 'cancelled', tone: '', mark: '×' },
};

export function stateOf(state: string) {
  return STATES[state] ?? { label: state, tone: '', mark: '?' };
}

const MONTHS: Record<string, { label: string; tone: string }> = {
  live: { label: 'loaded', tone: 'good' },
  unchanged: { label: 'unchanged', tone: '' },
  held: { label: 'held', tone: 'warn' },
  covered: { label: 'another source counts', tone: '' },
  quarantined: { label: 'refused', tone: 'bad' },
  failed: { label: 'failed', tone: 'bad' },
  planned: { label: 'would be fetched', tone: '' },
  missing: { label: 'no longer listed', tone: 'warn' },
};

/** What became of a month in a run. */
export function monthState(state: string) {
  return MONTHS[state] ?? { label: state, tone: '' };
}

const RUNS: Record<string, { label: string; tone: string }> = {
  running: { label: 'running', tone: '' },
  done: { label: 'done', tone: 'good' },
  unchanged: { label: 'nothing new', tone: 'good' },
  held: { label: 'held', tone: 'warn' },
  failed: { label: 'failed', tone: 'bad' },
  cancelled: { label: 'stopped', tone: '' },
  interrupted: { label: 'interrupted', tone: 'warn' },
};

export function runState(state: string) {
  return RUNS[state] ?? { label: state, tone: '' };
}

/** Who must act. */
export const ACTORS: Record<string, string> = {
  operator: 'you',
  provider: 'the provider',
  us: 'a fault of Outlay',
  nobody: 'goes on by itself',
};

/** What a load is called: its source and month. Files that nobody could read have no month. */
export function loadName(load: { source: string; period: string }): string {
  return load.period ? `${load.source}, ${monthName(load.period)}` : load.source;
}
