/** The documents of the API that pages draw. Amounts are decimal text, times UTC, ranges half-open, missing is null. */

export interface Column {
  name: string;
  label?: string | null;
  kind: 'dimension' | 'measure' | 'grain' | 'label' | 'unit' | string;
  unit?: string | null;
}

export type Cell = string | null;
export type Row = Record<string, Cell>;

export interface DayRange {
  start: string;
  end: string;
}

export interface SourceNote {
  source: string;
  label?: string;
  reason?: string;
  data_to?: string | null;
  share?: string | null;
}

export interface Answer {
  query: string;
  period: DayRange;
  compare?: DayRange | null;
  basis: 'charge' | 'billing';
  columns: Column[];
  rows: Row[];
  totals: Row[];
  data_to: Record<string, string | null>;
  complete_to?: string | null; // last day with complete data of all sources in time
  row_count?: number;
  other_groups?: Record<string, number>;
  known_on: string | null;
  generations: string;
  rules_version: number;
  warnings: (string | { message?: string; detail?: string })[];
  next: string | null;
}

export interface ValueItem {
  value: string | null;
  label: string | null;
  amounts: Record<string, string | null>[]; // one per currency
}

export interface Values {
  dimension: string;
  measure: string;
  values: ValueItem[];
  more: boolean;
}

export interface CatalogueMeasure {
  name: string;
  label: string;
  unit: 'currency' | 'quantity' | 'rate' | 'percent';
  additive: boolean;
  doc: string;
}

export interface CatalogueDimension {
  name: string;
  label: string;
  doc: string;
}

export interface Catalogue {
  measures: CatalogueMeasure[];
  dimensions: CatalogueDimension[];
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  field?: string | null;
  nearest?: string[];
  next_step?: string | null;
  request_id?: string | null;
}

export interface Money {
  currency: string;
  billed_cost: string;
  effective_cost?: string | null;
}

export type Stage = 'fetch' | 'normalise' | 'verify' | 'land' | 'swap' | 'live';

export interface JobProgress {
  rows_done: number | null;
  rows_total: number | null;
  bytes_done: number | null;
  bytes_total: number | null;
  rows_per_second: number | null;
  seconds_left: number | null;
}

export interface Job {
  id: string;
  kind: string;
  state: string;
  stage: Stage | null;
  source: string | null;
  message: string | null;
  progress: JobProgress;
  result: ImportResult | Record<string, unknown> | null;
  error: Problem | null;
  created_at: string;
  ended_at: string | null;
}

export interface RowCounts {
  received: number;
  mapped: number;
  folded: number;
  skipped: number;
  rejected: number;
  generated: number;
  stored: number;
}

export interface Load {
  id: string;
  source: string;
  period: string;
  generation: number | null;
  state: string;
  format: string | null;
  actor: string;
  created_at: string;
  ended_at: string | null;
  rows: RowCounts;
  totals: Money[];
  message: string | null;
  action: string | null;
  warnings: string[];
  error: Problem | null;
}

export interface LoadDetail extends Load {
  files: { name: string; digest: string; rows: number | null; size_bytes: number | null }[];
  steps: { stage: Stage; started_at: string; ended_at: string | null }[];
  left_out: { kind: string; reason: string; rows: number }[];
  control: {
    billing_account: string | null;
    currency: string;
    period: string;
    expected: string;
    stored: string;
    difference: string;
  }[];
  previous: Money[];
  residue: string;
}

export interface FileResult {
  name: string;
  digest: string | null;
  format: string | null;
  state: 'read' | 'unchanged' | 'refused' | 'ignored';
  rows: number | null;
  error: Problem | null;
}

export interface ImportResult {
  state: 'live' | 'unchanged' | 'held' | 'quarantined';
  source: string;
  loads: Load[];
  files: FileResult[];
  rows: RowCounts;
  totals: Money[];
  warnings: string[];
}

export interface Source {
  source: string;
  label: string;
  format: string | null;
  kind: 'import' | 'demo';
  active: boolean;
  grain: 'daily' | 'monthly';
  first_day: string | null;
  data_to: string | null;
  normal_lag_hours: number | null;
  late: boolean;
  loaded_at: string | null;
  rows: number;
  periods: number;
  totals: Money[];
  warnings: string[];
  held: number;
  quarantined: number;
}

export interface SourceMonth {
  period: string;
  generation: number | null;
  state: string;
  rows: number;
  loaded_at: string | null;
  first_day: string | null;
  data_to: string | null;
  totals: Money[];
  restated: number;
}

export interface LineDetail {
  id: string;
  source: string;
  period: string;
  generation: number;
  line_no: number;
  focus: Record<string, unknown>;
  native: Record<string, unknown>;
  tags: Record<string, string>;
  owner: Record<string, string | null>;
  why: { dimension: string; value: string | null; rule: string | null; layer: string | null; reason: string | null }[];
  rules_version: number;
  valid_from: string | null;
  valid_to: string | null;
  origin: { name: string | null; digest: string | null; row: number | null; generated: string | null };
}

export interface Effect {
  team: string | null;
  currency: string;
  before: string;
  after: string;
  change: string;
}

export interface Coverage {
  currency: string;
  before: string;
  after: string;
  unallocated_before: string;
  unallocated_after: string;
}

export interface Proposal {
  available: boolean;
  sentence: string | null;
  org: string;
  rules: string;
  teams: string[];
  effects: Effect[];
  coverage: Coverage[];
}

export interface GuideItem {
  key: string;
  title: string;
  sentence: string;
  address: string;
  query: string | null;
  amounts: Record<string, string>;
}

export interface Guide {
  present: boolean;
  loading: boolean;
  sources: string[];
  items: GuideItem[];
}

export interface Status {
  version: string;
  ready: boolean;
  empty: boolean;
  demo: boolean;
  demo_loading: boolean;
  generations: string | null;
  rules_version: number;
  rules_writable: boolean;
  proposal_available: boolean;
  data_to: Record<string, string | null>;
  first_day: string | null;
  currencies: string[];
  sources: number;
  late: string[];
  held: number;
  quarantined: number;
  needs_attention: number;
  jobs_running: number;
  notes: string[];
}
