// Made from openapi.json by scripts/schema.mjs; a test compares. Do not edit.

export interface Accepted {
  job: string;
}

export interface AnswerColumn {
  kind: "grain" | "dimension" | "label" | "rest" | "unit" | "measure";
  label: string;
  name: string;
  of?: string | null;
  per?: "day" | null;
  unit?: "currency" | "quantity" | "rate" | "percent" | null;
}

export interface AnswerDocument {
  basis: "charge" | "billing";
  columns: AnswerColumn[];
  compare: Range | null;
  complete_to: string;
  data_to: Record<string, string>;
  generations: string;
  known_on: string | null;
  next: string | null;
  other_groups: Record<string, number>;
  period: Range;
  query: string;
  row_count: number;
  rows: (Record<string, string | null>)[];
  rules_version: number;
  totals: (Record<string, string | null>)[];
  warnings: string[];
}

export interface CatalogueDimension {
  doc: string;
  label: string;
  name: string;
}

export interface CatalogueDocument {
  bases: string[];
  compares: string[];
  dimensions: CatalogueDimension[];
  grains: string[];
  measures: CatalogueMeasure[];
}

export interface CatalogueMeasure {
  additive: boolean;
  doc: string;
  label: string;
  name: string;
  unit: string;
  unit_column: string | null;
}

export interface CheckItem {
  message: string;
  name: string;
  next_step: string | null;
  ok: boolean;
}

export interface CheckReport {
  checks: CheckItem[];
  ok: boolean;
}

export interface Collector {
  breaker_open: boolean;
  cost_month: string;
  cost_today: string;
  grade: "full" | "summary";
  interval_hours: number;
  kind: string;
  label: string;
  last_success_at: string | null;
  months: number;
  next_run_at: string | null;
  origin: "file" | "api";
  paused: boolean;
  running: boolean;
  runs: CollectorRun[];
  settings: Record<string, unknown>;
  spent_month: Spent[];
}

export interface CollectorKind {
  grade: "full" | "summary";
  interval_hours: number;
  kind: string;
  label: string;
  normal_lag_hours: number;
  permissions: CollectorPermission[];
  settings: Record<string, unknown>;
}

export interface CollectorKinds {
  kinds: CollectorKind[];
}

export interface CollectorPermission {
  actions: string[];
  language: string;
  name: string;
  required: boolean;
  template: string;
  title: string;
}

export interface CollectorRun {
  actor: string;
  ended_at: string | null;
  failure: string | null;
  id: string;
  message: string | null;
  months: Record<string, unknown>[];
  next_step: string | null;
  started_at: string;
  state: "running" | "done" | "unchanged" | "held" | "failed" | "cancelled" | "interrupted";
}

export interface CollectorSettings {
  interval_hours?: number | null;
  kind: string;
  label?: string | null;
  months?: number;
  settings?: Record<string, unknown>;
}

export interface Colours {
  dimension: string;
  slots: Record<string, number>;
}

export interface ControlTotal {
  billing_account: string | null;
  currency: string;
  difference: string;
  expected: string;
  period: string;
  stored: string;
}

export interface Coverage {
  after: string;
  before: string;
  currency: string;
  unallocated_after: string;
  unallocated_before: string;
}

export interface DemoGuide {
  items: GuideItem[];
  loading: boolean;
  present: boolean;
  sources: string[];
}

export interface GuideItem {
  address: string;
  amounts: Record<string, string>;
  key: string;
  query: string | null;
  sentence: string;
  title: string;
}

export interface ImportRequest {
  format?: string | null;
  paths: string[];
  settings?: Record<string, string>;
  source: string;
}

export interface Job {
  created_at: string;
  ended_at: string | null;
  error: ProblemDocument | null;
  id: string;
  kind: string;
  message: string | null;
  progress: JobProgress;
  result: Record<string, unknown> | null;
  source: string | null;
  stage: "fetch" | "normalise" | "verify" | "land" | "swap" | "live" | null;
  state: "queued" | "running" | "done" | "unchanged" | "held" | "quarantined" | "needs_attention" | "failed" | "interrupted" | "cancelled";
}

export interface JobProgress {
  bytes_done: number | null;
  bytes_total: number | null;
  rows_done: number | null;
  rows_per_second: number | null;
  rows_total: number | null;
  seconds_left: number | null;
}

export interface Jobs {
  jobs: Job[];
}

export interface LeftOut {
  kind: "folded" | "skipped" | "rejected" | "generated";
  reason: string;
  rows: number;
}

export interface LineDetail {
  focus: Record<string, unknown>;
  generation: number;
  id: string;
  line_no: number;
  native: Record<string, unknown>;
  origin: LineOrigin;
  owner: Record<string, string | null>;
  period: string;
  rules_version: number;
  source: string;
  tags: Record<string, string>;
  valid_from: string | null;
  valid_to: string | null;
  why: WhyOwner[];
}

export interface LineOrigin {
  digest: string | null;
  generated: string | null;
  name: string | null;
  row: number | null;
}

export interface LinesDocument {
  columns: AnswerColumn[];
  generations: string;
  next: string | null;
  period: Range;
  query: string;
  rows: (Record<string, string | null>)[];
  rules_version: number;
  warnings: string[];
}

export interface Load {
  action: string | null;
  actor: string;
  created_at: string;
  ended_at: string | null;
  error: ProblemDocument | null;
  format: string | null;
  generation: number | null;
  id: string;
  message: string | null;
  period: string;
  rows: Rows;
  source: string;
  state: "queued" | "running" | "landed" | "live" | "superseded" | "unchanged" | "held" | "rejected" | "quarantined" | "needs_attention" | "failed" | "interrupted" | "cancelled";
  totals: Money[];
  warnings: string[];
}

export interface LoadDetail {
  action: string | null;
  actor: string;
  control: ControlTotal[];
  created_at: string;
  ended_at: string | null;
  error: ProblemDocument | null;
  files: LoadFile[];
  format: string | null;
  generation: number | null;
  id: string;
  left_out: LeftOut[];
  message: string | null;
  period: string;
  previous: Money[];
  residue: string;
  rows: Rows;
  source: string;
  state: "queued" | "running" | "landed" | "live" | "superseded" | "unchanged" | "held" | "rejected" | "quarantined" | "needs_attention" | "failed" | "interrupted" | "cancelled";
  steps: LoadStep[];
  totals: Money[];
  warnings: string[];
}

export interface LoadFile {
  digest: string;
  name: string;
  rows: number | null;
  size_bytes: number | null;
}

export interface LoadStep {
  ended_at: string | null;
  stage: "fetch" | "normalise" | "verify" | "land" | "swap" | "live";
  started_at: string;
}

export interface Loads {
  loads: Load[];
}

export interface Money {
  billed_cost: string;
  contracted_cost: string | null;
  currency: string;
  effective_cost: string | null;
  list_cost: string | null;
}

export interface ProblemDocument {
  detail: string;
  faults: Record<string, unknown>[];
  field: string | null;
  nearest: string[];
  next_step: string | null;
  request_id: string | null;
  status: number;
  title: string;
  type: string;
}

export interface ProposalDocument {
  available: boolean;
  coverage: Coverage[];
  effects: TeamEffect[];
  org: string;
  rules: string;
  sentence: string | null;
  teams: string[];
}

export interface Range {
  end: string | null;
  start: string | null;
}

export interface Readiness {
  checks: CheckItem[];
  ready: boolean;
}

export interface RebuildRequest {
  renormalise?: boolean;
}

export interface Restatement {
  at: string;
  cause: string;
  change: Money[];
  generation: number;
  load: string;
  period: string;
  rows_after: number;
  rows_before: number;
  source: string;
}

export interface Restatements {
  restatements: Restatement[];
}

export interface Rows {
  folded: number;
  generated: number;
  mapped: number;
  received: number;
  rejected: number;
  skipped: number;
  stored: number;
}

export interface RuleFault {
  column: number | null;
  expected: string | null;
  file: string;
  line: number | null;
  nearest: string[];
  problem: string;
}

export interface RulesCheck {
  coverage: Coverage[];
  effects: TeamEffect[];
  faults: RuleFault[];
  unused: string[];
  valid: boolean;
}

export interface RulesDocument {
  actor: string | null;
  applied_at: string | null;
  org: string;
  place: string | null;
  rules: string;
  version: number;
  writable: boolean;
}

export interface RulesTexts {
  org: string;
  rules: string;
}

export interface Source {
  active: boolean;
  collector: Collector | null;
  data_to: string | null;
  first_day: string | null;
  format: string | null;
  grain: "daily" | "monthly";
  held: number;
  kind: "import" | "demo";
  label: string;
  late: boolean;
  loaded_at: string | null;
  normal_lag_hours: number | null;
  periods: number;
  quarantined: number;
  rows: number;
  source: string;
  totals: Money[];
  warnings: string[];
}

export interface SourceMonth {
  data_to: string | null;
  first_day: string | null;
  generation: number | null;
  loaded_at: string | null;
  period: string;
  restated: number;
  rows: number;
  state: "queued" | "running" | "landed" | "live" | "superseded" | "unchanged" | "held" | "rejected" | "quarantined" | "needs_attention" | "failed" | "interrupted" | "cancelled";
  totals: Money[];
}

export interface SourceMonths {
  months: SourceMonth[];
  source: string;
}

export interface Sources {
  sources: Source[];
}

export interface Spent {
  cost: string;
  name: string;
  units: number;
}

export interface Status {
  address: string | null;
  currencies: string[];
  data_to: Record<string, string | null>;
  demo: boolean;
  demo_loading: boolean;
  empty: boolean;
  first_day: string | null;
  generations: string | null;
  held: number;
  jobs_running: number;
  late: string[];
  needs_attention: number;
  notes: string[];
  proposal_available: boolean;
  quarantined: number;
  ready: boolean;
  rules_version: number;
  rules_writable: boolean;
  sources: number;
  version: string;
}

export interface SyncRequest {
  dry_run?: boolean;
  end?: string | null;
  full?: boolean;
  start?: string | null;
}

export interface TeamEffect {
  after: string;
  before: string;
  change: string;
  currency: string;
  team: string | null;
}

export interface Value {
  amounts: (Record<string, string | null>)[];
  label: string | null;
  value: string | null;
}

export interface ValuesDocument {
  dimension: string;
  generations: string;
  measure: string;
  more: boolean;
  period: Range;
  rules_version: number;
  search: string;
  values: Value[];
}

export interface WhyOwner {
  dimension: string;
  layer: string | null;
  reason: string | null;
  rule: string | null;
  value: string | null;
}
