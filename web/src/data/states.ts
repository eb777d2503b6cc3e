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
