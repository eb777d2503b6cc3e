// Made from openapi.json by scripts/schema.mjs; a test compares. Do not edit.

export interface Accepted {
  job: string;
}

export interface Account {
  account: string;
  name: string | null;
  path: string[] | null;
  source: string;
  status: string | null;
  tags: Record<string, string> | null;
  valid_from: string | null;
  valid_to: string | null;
}

export interface Accounts {
  accounts: Account[];
}

export interface Acting {
  team?: string | null;
}

export interface Annotation {
  changed_at: string;
  end: string;
  id: string;
  key: string | null;
  kind: string;
  link: string | null;
  mine: boolean;
  owner: string;
  resolved_at: string | null;
  scope: string;
  start: string;
  team: string | null;
  text: string;
  visibility: "me" | "team" | "all";
}

export interface AnnotationOrder {
  end?: string | null;
  key?: string | null;
  kind?: "note" | "deploy" | "incident";
  link?: string | null;
  scope?: string;
  start: string;
  team?: string | null;
  text: string;
  visibility?: "me" | "team" | "all";
}

export interface AnnotationState {
  resolved: boolean;
}

export interface Annotations {
  annotations: Annotation[];
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
  detail_kept: boolean;
  generations: string;
  known_on: string | null;
  names: Record<string, Record<string, string>>;
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

export interface ApplicationCost {
  application: string | null;
  cost: EffectiveCost[];
}

export interface AskedTeam {
  accepted: boolean | null;
  actor: string | null;
  at: string | null;
  needs: string[];
  reason: string | null;
  team: string | null;
}

export interface AssertionResult {
  assertion: string;
  found: string;
  line: number;
  passed: boolean;
}

export interface BudgetThreshold {
  basis: string;
  share: string;
}

export interface Campaign {
  closed_at: string | null;
  closed_by: string | null;
  cost: Record<string, string>;
  created_at: string;
  created_by: string;
  due: string;
  end: string;
  id: string;
  key: string;
  left_out: number;
  name: string;
  note: string;
  policy: string | null;
  resources: number;
  start: string;
  state: "open" | "overdue" | "closed";
  teams: (string | null)[];
}

export interface CampaignMoney {
  cost: string;
  currency: string;
  fixed: string;
  gone: string;
  open: string;
  percent: string | null;
}

export interface CampaignMonth {
  money: CampaignMoney[];
  month: string;
  owners: CampaignOwner[];
  to: string;
}

export interface CampaignOrder {
  due: string;
  key: string;
  name?: string;
  note?: string;
  policy?: string | null;
  teams: string[];
}

export interface CampaignOwner {
  fixed: number;
  gone: number;
  money: CampaignMoney[];
  open: number;
  resources: number;
  team: string | null;
}

export interface CampaignProgress {
  campaign: Campaign;
  months: CampaignMonth[];
}

export interface CampaignResource {
  command: string | null;
  cost: Record<string, string>;
  evidence: string;
  fault: "missing" | "not_allowed";
  now: "open" | "fixed" | "gone";
  provider: string | null;
  region: string | null;
  resource: string;
  service: string | null;
  sub_account: string | null;
  suggested: string | null;
  team: string | null;
  value: string | null;
  why_not: string | null;
}

export interface CampaignResources {
  more: number;
  resources: CampaignResource[];
}

export interface Campaigns {
  campaigns: Campaign[];
}

export interface Cap {
  day_max: number | null;
  name: string;
  run_max: number | null;
  unit_cost: string;
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
  names: Record<string, Record<string, string>>;
}

export interface CatalogueImports {
  changes: number;
  ended_at: string | null;
  interval_hours: number | null;
  issues: Issue[];
  message: string | null;
  next_run: string | null;
  place: string | null;
  running: boolean;
  state: string | null;
  version: number | null;
}

export interface CatalogueMeasure {
  additive: boolean;
  doc: string;
  label: string;
  name: string;
  unit: string;
  unit_column: string | null;
}

export interface CatalogueOrder {
  complete?: boolean;
  day?: string | null;
  dry_run?: boolean;
  files?: CatalogueText[];
  token?: string | null;
  url?: string | null;
}

export interface CatalogueText {
  name: string;
  text: string;
}

export interface CausePart {
  amount: string;
  cause: string;
  label: string;
  share: string | null;
}

export interface CauseWord {
  doc: string;
  label: string;
  name: string;
}

export interface ChangeMover {
  amount: string;
  cause: string;
  first_day: string | null;
  folded: boolean;
  label: string;
  labels: (string | null)[];
  last_day: string | null;
  name: string;
  provider: string | null;
  resource: string | null;
  rest: boolean;
  service: string | null;
  share: string | null;
  sub_account: string | null;
  sub_account_label: string | null;
  values: (string | null)[];
}

export interface ChangeRest {
  amount: string;
  count: number;
}

export interface ChangeStep {
  amount: string;
  from: string;
  key: string;
  kind: "start" | "part" | "other" | "end";
  label: string;
  to: string;
}

export interface ChangedGroup {
  before: string;
  causes: CausePart[];
  change: string;
  change_percent: string | null;
  labels: (string | null)[];
  now: string;
  rest: boolean;
  share: string | null;
  values: (string | null)[];
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
  credential_ends_at: string | null;
  grade: "full" | "summary" | "facts";
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
  grade: "full" | "summary" | "facts";
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

export interface ComplianceRow {
  bucket: string | null;
  compliant: string;
  currency: string;
  judged: string;
  key: string | null;
  missing: string;
  not_allowed: string;
  percent: string | null;
  policy: string;
  team: string | null;
}

export interface ControlTotal {
  billing_account: string | null;
  currency: string;
  difference: string;
  expected: string;
  period: string;
  source: string | null;
  stored: string;
}

export interface Coverage {
  after: string;
  before: string;
  currency: string;
  unallocated_after: string;
  unallocated_before: string;
}

export interface CoveredMoney {
  covered: string;
  currency: string;
  percent: string | null;
  uncovered: string;
  uncovered_a_month: string;
}

export interface CurrencyChange {
  before: string;
  causes: CausePart[];
  change: string;
  change_percent: string | null;
  currency: string;
  group_steps: ChangeStep[];
  groups: ChangedGroup[];
  movers: ChangeMover[];
  movers_count: number;
  now: string;
  quiet: boolean;
  residual: string;
  rest: ChangeRest;
  steps: ChangeStep[];
  text: string;
}

export interface CurrencyPaths {
  beside: OwnerPath[];
  currency: string;
  paths: OwnerPath[];
  paths_count: number;
  residual: string;
  rest: ChangeRest;
  stages: PathStage[];
  total: string;
}

export interface DemoGuide {
  items: GuideItem[];
  loading: boolean;
  present: boolean;
  sources: string[];
}

export interface Dispute {
  actor: string;
  created_at: string;
  id: string;
  query: string;
  reason: string;
  request: string;
  scope: string;
  state: "open" | "accepted" | "refused" | "published" | "withdrawn" | "escalated" | "superseded";
  suggested: string | null;
  team: string;
  totals: EffectiveCost[];
}

export interface DisputeOrder {
  period?: string;
  reason: string;
  scope: string;
  suggested?: string | null;
  team: string;
}

export interface Disputes {
  disputes: Dispute[];
  next: string | null;
}

export interface EffectiveCost {
  currency: string;
  effective_cost: string;
}

export interface EndedTeam {
  ended: string;
  heir: string | null;
  name: string;
  rules: NamedRule[];
  team: string;
}

export interface EndedTeams {
  teams: EndedTeam[];
}

export interface Entities {
  entities: EntityCost[];
  period: string;
  unknown: ApplicationCost[];
}

export interface EntityCost {
  cost: EffectiveCost[];
  kind: string;
  name: string;
  owner: string | null;
  owner_known: boolean;
  ref: string;
  system: string | null;
  title: string | null;
}

export interface ExplainDocument {
  basis: "charge" | "billing";
  causes: CauseWord[];
  compare: Range;
  complete_to: string;
  currencies: CurrencyChange[];
  data_to: Record<string, string>;
  dimensions: ExplainedMeasure[];
  floor: string;
  generations: string;
  known_before: boolean;
  late: LateSource[];
  measure: ExplainedMeasure;
  period: Range;
  query: string;
  rules_version: number;
  warnings: string[];
}

export interface ExplainedMeasure {
  label: string;
  name: string;
}

export interface Export {
  asked: string;
  detail: string | null;
  id: string;
  kept_until: string | null;
  name: string | null;
  rows: number | null;
  size_bytes: number | null;
  state: "making" | "ready" | "failed" | "interrupted";
}

export interface Exports {
  exports: Export[];
  kept_hours: number;
  size_bytes: number;
  size_bytes_max: number;
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

export interface InboxAsked {
  left_out: number;
  path: string;
  text: string;
}

export interface InboxDraft {
  base: number;
  diff: string;
  files: Record<string, string> | null;
  org: string;
  rules: string;
}

export interface InboxMonth {
  month: string;
  percent: string | null;
}

export interface InboxOrder {
  act: "assign" | "split" | "exclude" | "include";
  groups: SignaturePart[][];
  kind?: "unallocated" | "doubtful" | "contradicted" | "excluded";
  note?: string | null;
  reason?: string | null;
  split?: InboxSplit | null;
  team?: string | null;
  valid_from?: string | null;
  valid_to?: string | null;
}

export interface InboxPublish {
  act: "assign" | "split" | "exclude" | "include";
  base: number;
  groups: SignaturePart[][];
  kind?: "unallocated" | "doubtful" | "contradicted" | "excluded";
  note?: string | null;
  on_behalf?: string | null;
  reason?: string | null;
  split?: InboxSplit | null;
  team?: string | null;
  valid_from?: string | null;
  valid_to?: string | null;
}

export interface InboxQuestion {
  groups: SignaturePart[][];
  kind?: "unallocated" | "doubtful" | "contradicted" | "excluded";
  on_behalf?: string | null;
  team: string;
}

export interface InboxShare {
  currency: string;
  limit: string;
  over: boolean;
  percent: string;
  trend: InboxMonth[];
}

export interface InboxSplit {
  method: "even" | "fixed" | "proportional" | "series";
  percent?: Record<string, unknown>;
  series?: string | null;
  to?: string[];
}

export interface Invoice {
  account: string | null;
  before_tax: string | null;
  currency: string;
  document: string | null;
  due_on: string | null;
  invoice: string;
  issued_on: string | null;
  issuer: string;
  period: string;
  source: string;
  total: string | null;
}

export interface Invoices {
  invoices: Invoice[];
}

export interface Issue {
  actor: "operator" | "provider" | "us" | "nobody";
  load: string | null;
  message: string;
  next_step: string | null;
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
  objects_done: number | null;
  objects_total: number | null;
  rows_done: number | null;
  rows_per_second: number | null;
  rows_total: number | null;
  seconds_left: number | null;
}

export interface Jobs {
  jobs: Job[];
}

export interface LateSource {
  before: string;
  label: string;
  now: string;
  source: string;
}

export interface LeftOut {
  kind: "folded" | "skipped" | "rejected" | "generated";
  reason: string;
  rows: number;
}

export interface LikelyOwner {
  cost: EffectiveCost[];
  groups: number;
  team: string | null;
}

export interface LineDetail {
  focus: Record<string, unknown>;
  generation: number;
  id: string;
  line_no: number;
  native: Record<string, unknown>;
  origin: LineOrigin;
  owner: Record<string, string | null>;
  path: OwnerStep[];
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

export interface MonthMove {
  amount: string;
  becomes: string | null;
  currency: string;
  lines: number;
  period: string;
  shared: string;
  was: string | null;
  would_be: boolean;
}

export interface Move {
  amount: string;
  becomes: string | null;
  currency: string;
  lines: number;
  shared: string;
  was: string | null;
}

export interface NamedRule {
  dimension: string;
  line: number | null;
  rule: string;
}

export interface NearRule {
  failed: string;
  found: string | null;
  line: number | null;
  note: string | null;
  rule: string;
}

export interface Offer {
  actor: string;
  created_at: string;
  currency: string | null;
  id: string;
  note: string;
  scope: string;
  team: string;
  until: string | null;
  up_to: string | null;
}

export interface OfferOrder {
  currency?: string | null;
  note?: string;
  scope: string;
  team: string;
  until: string;
  up_to?: string | null;
}

export interface Offers {
  offers: Offer[];
}

export interface OrgDraft {
  at?: string | null;
  files?: Record<string, string> | null;
  org: string;
  period?: string | null;
  rules: string;
}

export interface OrgTeam {
  cost: EffectiveCost[];
  cost_centre: string | null;
  depth: number;
  key: string;
  name: string;
  parent: string | null;
  subtree: EffectiveCost[];
  teams: string[];
  then: EffectiveCost[];
  valid_from: string | null;
  valid_to: string | null;
}

export interface OrgTree {
  at: string;
  basis: string;
  faults: RuleFault[];
  others: OtherTeam[];
  owned: "then" | "now" | "proposed";
  period: string;
  teams: OrgTeam[];
  totals: EffectiveCost[];
  valid: boolean;
}

export interface OtherTeam {
  cost: EffectiveCost[];
  team: string | null;
  then: EffectiveCost[];
}

export interface OwnerEvidence {
  dims: number;
  kind: string;
  percent: string;
  text: string;
}

export interface OwnerPath {
  amount: string;
  closed: string[];
  combinations: number | null;
  condition: string | null;
  days: Range | null;
  kind: "direct" | "pool" | "adjustment";
  layer: string | null;
  line: number | null;
  moves: PathMove[];
  moves_count: number;
  near: NearRule[];
  note: string | null;
  pool: string | null;
  query: string | null;
  reason: string | null;
  rule: string | null;
  rules_version: number | null;
  share: string | null;
  value: string | null;
}

export interface OwnerQuestion {
  actor: string;
  answered_at: string | null;
  answered_by: string | null;
  asked_at: string;
  group: string;
  id: string;
  kind: "unallocated" | "doubtful" | "contradicted" | "excluded";
  on_behalf: string | null;
  reason: string;
  request: string | null;
  signature: SignaturePart[];
  state: "open" | "claimed" | "ours" | "not_ours" | "settled";
  team: string;
}

export interface OwnerQuestions {
  next: string | null;
  questions: OwnerQuestion[];
  waiting: number;
}

export interface OwnerStep {
  stage: "tags" | "rules" | "pools" | "published";
  text: string;
}

export interface OwnerSuggestion {
  certainty: string;
  evidence: OwnerEvidence[];
  team: string;
}

export interface PathMove {
  amount: string;
  from_team: string | null;
  gives: boolean;
  of_given: string | null;
  rules_version: number;
  share: string | null;
  team: string | null;
}

export interface PathStage {
  amount: string;
  label: string;
  parts: number;
  share: string | null;
  stage: string;
}

export interface PathsDocument {
  basis: "charge" | "billing";
  complete_to: string;
  currencies: CurrencyPaths[];
  dimension: ExplainedMeasure;
  dimensions: ExplainedMeasure[];
  generations: string;
  measure: ExplainedMeasure;
  period: Range;
  query: string;
  rules_version: number;
  warnings: string[];
}

export interface PeriodChange {
  closed: boolean;
}

export interface PeriodState {
  actor: string | null;
  closed: boolean;
  closed_at: string | null;
  period: string;
  sources: string[];
}

export interface PeriodStates {
  periods: PeriodState[];
}

export interface PoolGroup {
  bucket: string;
  currency: string;
  fallback: string | null;
  part: string;
  pool: string;
  shares: PoolShare[];
  step: number;
}

export interface PoolMove {
  amount: string;
  becomes: string | null;
  currency: string;
  lines: number;
  pool: string;
  shared: string;
  was: string | null;
}

export interface PoolMoved {
  conserved: boolean;
  currency: string;
  given: Record<string, string>;
  pool: string;
  received: Record<string, string>;
}

export interface PoolShare {
  billed_cost: string;
  contracted_cost: string;
  effective_cost: string;
  kept: boolean;
  list_cost: string;
  percent: string;
  team: string | null;
  weight: string;
}

export interface PoolShares {
  generations: string;
  groups: PoolGroup[];
  moved: PoolMoved[];
  period: string;
  pool: string | null;
  rules_version: number;
}

export interface PoolShown {
  fallback: string[];
  id: string;
  kind: "pool" | "special" | "adjustment";
  line: number | null;
  lines: string | null;
  name: string;
  note: string | null;
  split: string | null;
  teams: string[];
  to: string[];
}

export interface PoolTakes {
  amount: string;
  before: string;
  currency: string;
  lines: number;
  pool: string;
  was: string | null;
}

export interface PoolsCheck {
  faults: RuleFault[];
  valid: boolean;
}

export interface PoolsDocument {
  periods: string[];
  pools: PoolShown[];
  text: string;
  version: number;
  writable: boolean;
}

export interface PoolsText {
  text: string;
}

export interface Preferences {
  fiscal_year_named: "start" | "end";
  fiscal_year_starts: number;
  noise_floor: string;
  request_days: number;
  start_view: string | null;
}

export interface PreferencesChange {
  fiscal_year_named?: "start" | "end" | null;
  fiscal_year_starts?: number | null;
  noise_floor?: string | null;
  request_days?: number | null;
  start_view?: string | null;
}

export interface PreviewOrder {
  dimension?: string;
  files?: Record<string, string> | null;
  org: string;
  rules: string;
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

export interface QuestionsAnswer {
  questions: string[];
  reason: string;
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

export interface RemovalEffect {
  closed: string[];
  may_erase: boolean;
  months: RemovalMonth[];
  query: string;
  sentences: Record<string, string>;
  source: string;
  totals: Money[];
}

export interface RemovalMonth {
  closed: boolean;
  period: string;
  totals: Money[];
}

export interface RequestAnswer {
  accepted: boolean;
  reason?: string;
  team?: string | null;
}

export interface RequestDetail {
  actor: string;
  asked: AskedTeam[];
  base: number;
  by_month: MonthMove[];
  by_pool: PoolMove[];
  by_resource: ResourceMove[];
  by_service: ServiceMove[];
  closed_at: string | null;
  closed_by: string | null;
  conflict: string | null;
  created_at: string;
  deadline: string;
  decision: AskedTeam | null;
  diff: string;
  dispute: string | null;
  id: string;
  largest: Move[];
  left_out: number;
  moved_lines: number;
  movement: Move[];
  moves: number;
  note: string;
  periods: string[];
  shared_lines: number;
  state: "open" | "accepted" | "refused" | "published" | "withdrawn" | "escalated" | "superseded";
  taken: PoolTakes[];
  team: string;
  texts: RulesTextsOutput;
  version: number | null;
  waits_for: (string | null)[];
}

export interface RequestOrder {
  base: number;
  files?: Record<string, string> | null;
  note?: string;
  org: string;
  replaces?: string | null;
  rules: string;
  team: string;
}

export interface RequiredKeyShown {
  allowed: string | null;
  key: string;
  query: string | null;
  values: string[];
}

export interface ResourceMove {
  amount: string;
  becomes: string | null;
  currency: string;
  lines: number;
  of: number;
  resource: string | null;
  service: string | null;
  shared: string;
  was: string | null;
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
  next: string | null;
  restatements: Restatement[];
}

export interface Review {
  actor: string;
  at: string;
  team: string;
  week: string;
}

export interface ReviewOrder {
  team: string;
  week: string;
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

export interface RuleEffect {
  cost: EffectiveCost[];
  dimension: string;
  line: number;
  lines: number;
  others: string[];
  rule: string;
  state: "used" | "overlapping" | "shadowed" | "dead" | "never" | "unused";
}

export interface RuleFault {
  column: number | null;
  expected: string | null;
  file: string;
  line: number | null;
  nearest: string[];
  problem: string;
}

export interface RuleRequest {
  actor: string;
  asked: AskedTeam[];
  base: number;
  closed_at: string | null;
  closed_by: string | null;
  conflict: string | null;
  created_at: string;
  deadline: string;
  decision: AskedTeam | null;
  dispute: string | null;
  id: string;
  largest: Move[];
  moved_lines: number;
  moves: number;
  note: string;
  shared_lines: number;
  state: "open" | "accepted" | "refused" | "published" | "withdrawn" | "escalated" | "superseded";
  team: string;
  version: number | null;
  waits_for: (string | null)[];
}

export interface RuleRequests {
  next: string | null;
  requests: RuleRequest[];
  waiting: number;
}

export interface RuleStanding {
  dimension: string;
  line: number;
  others: string[];
  rule: string;
  state: "used" | "overlapping" | "shadowed" | "dead" | "never" | "unused";
}

export interface RuleWritten {
  dimension: string;
  entries: Record<string, number>;
  item: Record<string, unknown>;
  line: number;
  list: "rules" | "overrides";
  place: number;
}

export interface RulesChange {
  change: "added" | "removed" | "changed";
  dimension: string;
  rule: string;
}

export interface RulesCheck {
  coverage: Coverage[];
  effects: TeamEffect[];
  faults: RuleFault[];
  unused: string[];
  valid: boolean;
}

export interface RulesDiff {
  after: number;
  before: number;
  rules: RulesChange[];
  text: string;
}

export interface RulesDocument {
  actor: string | null;
  applied_at: string | null;
  files: Record<string, string> | null;
  org: string;
  place: string | null;
  rules: string;
  version: number;
  writable: boolean;
}

export interface RulesEdit {
  act: "add" | "put" | "move" | "remove";
  dimension: string;
  item?: Record<string, unknown>;
  list?: "rules" | "overrides";
  place?: number;
  rules: string;
  to?: number;
}

export interface RulesEdited {
  rules: string;
}

export interface RulesEffects {
  month: string | null;
  rules: RuleEffect[];
}

export interface RulesOrder {
  base?: number | null;
  files?: Record<string, string> | null;
  org: string;
  rules: string;
}

export interface RulesPreview {
  assertions: AssertionResult[];
  by_month: MonthMove[];
  by_pool: PoolMove[];
  by_resource: ResourceMove[];
  by_service: ServiceMove[];
  coverage: Coverage[];
  dimension: string;
  effects: TeamEffect[];
  faults: RuleFault[];
  left_out: number;
  moved_lines: number;
  movement: Move[];
  names: Record<string, string>;
  newly_unallocated: Move[];
  passed: boolean;
  periods: string[];
  rules: RuleStanding[];
  rules_version: number;
  shared_lines: number;
  taken: PoolTakes[];
  valid: boolean;
}

export interface RulesRead {
  columns: string[];
  comparisons: string[];
  dimensions: string[];
  overridden: string[];
  rules: RuleWritten[];
}

export interface RulesTextsInput {
  files?: Record<string, string> | null;
  org: string;
  rules: string;
}

export interface RulesTextsOutput {
  files: Record<string, string> | null;
  org: string;
  rules: string;
}

export interface RulesVersion {
  author: string;
  created_at: string;
  in_force: boolean;
  version: number;
}

export interface SavedView {
  changed_at: string;
  id: string;
  mine: boolean;
  name: string;
  owner: string;
  page: string;
  query: string;
  revision: number;
  starred: boolean;
  team: string | null;
  visibility: "me" | "team" | "all";
}

export interface SchemaChange {
  appeared: string[];
  at: string;
  columns: number;
  format: string | null;
  generation: number;
  period: string;
  vanished: string[];
}

export interface SchemaDrift {
  changes: SchemaChange[];
  source: string;
}

export interface SecretValue {
  value: string;
}

export interface SeriesKnown {
  first_day: string;
  last_day: string;
  name: string;
  points: number;
  unit: string | null;
  unknown: string[];
}

export interface SeriesPoint {
  day: string;
  labels?: Record<string, string>;
  name: string;
  unit?: string | null;
  value: string | number;
}

export interface SeriesUpload {
  csv?: string | null;
  name?: string | null;
  points?: SeriesPoint[];
}

export interface ServiceMove {
  amount: string;
  becomes: string | null;
  currency: string;
  lines: number;
  service: string | null;
  shared: string;
  was: string | null;
}

export interface SignaturePart {
  column: string;
  value: string;
}

export interface Source {
  active: boolean;
  collector: Collector | null;
  data_to: string | null;
  first_day: string | null;
  format: string | null;
  grain: "daily" | "monthly";
  held: number;
  issues: Issue[];
  kind: "import" | "demo";
  label: string;
  lag_hours: number | null;
  late: boolean;
  loaded_at: string | null;
  normal_lag_hours: number | null;
  periods: number;
  quarantined: number;
  removal: "kept" | "hidden" | null;
  rows: number;
  source: string;
  totals: Money[];
  warnings: string[];
}

export interface SourceBudget {
  account: string;
  amount: string | null;
  budget: string;
  currency: string | null;
  ends_on: string | null;
  name: string | null;
  period: "month" | "quarter" | "year" | null;
  scope: Record<string, unknown>;
  since: string;
  source: string;
  starts_on: string | null;
  thresholds: BudgetThreshold[];
}

export interface SourceBudgets {
  budgets: SourceBudget[];
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

export interface Spelling {
  money: Record<string, string>;
  text: string;
}

export interface Spending {
  caps: Cap[];
  cost: string;
  days: SpentDay[];
  source: string;
}

export interface Spent {
  cost: string;
  name: string;
  units: number;
}

export interface SpentDay {
  cost: string;
  day: string;
  spent: Spent[];
}

export interface Star {
  starred: boolean;
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
  today: string | null;
  version: string;
}

export interface StoredSecret {
  actor: string;
  changed_at: string;
  name: string;
  reference: string;
  used_by: string[];
}

export interface StoredSecrets {
  secrets: StoredSecret[];
}

export interface Subscription {
  changed_at: string;
  channel: string;
  every: string;
  id: string;
  owner: string;
  target: string;
  view: string;
}

export interface SubscriptionOrder {
  channel: "mail" | "webhook";
  every: "day" | "week" | "month";
  target: string;
  view: string;
}

export interface Subscriptions {
  subscriptions: Subscription[];
}

export interface SyncRequest {
  dry_run?: boolean;
  end?: string | null;
  full?: boolean;
  start?: string | null;
}

export interface TagCoverage {
  key: string;
  money: CoveredMoney[];
  providers: string[];
}

export interface TagPoliciesDocument {
  policies: TagPolicyShown[];
  text: string;
  version: number;
}

export interface TagPolicyCheck {
  faults: RuleFault[];
  valid: boolean;
}

export interface TagPolicyShown {
  id: string;
  keys: RequiredKeyShown[];
  line: number | null;
  note: string | null;
  query: string | null;
  valid_from: string | null;
  valid_to: string | null;
  when: string | null;
}

export interface TagPolicyText {
  tables?: Record<string, unknown>;
  text: string;
}

export interface TagVariant {
  key: string | null;
  kind: "key" | "value";
  spellings: Spelling[];
}

export interface TagVariants {
  generations: string;
  measure: string;
  period: Range;
  rules_version: number;
  suggestion: string;
  variants: TagVariant[];
}

export interface TagsCompliance {
  complete_to: string;
  generations: string;
  measure: string;
  period: Range;
  policies: TagPolicyShown[];
  rows: ComplianceRow[];
  rules_version: number;
  totals: ComplianceRow[];
  warnings: string[];
  whole: Record<string, string>;
}

export interface TagsCoverage {
  generations: string;
  keys: TagCoverage[];
  measure: string;
  more: boolean;
  period: Range;
  rules_version: number;
}

export interface TeamEffect {
  after: string;
  before: string;
  change: string;
  currency: string;
  team: string | null;
}

export interface TeamFacts {
  name: string;
  parent: string | null;
  parent_name: string | null;
  reviews: Review[];
  team: string;
  week: string;
}

export interface Toil {
  months: ToilMonth[];
}

export interface ToilMonth {
  answer: number;
  ask: number;
  assign: number;
  by_teams: number;
  dispute: number;
  exclude: number;
  include: number;
  month: string;
  offer: number;
  percent: string | null;
  publish: number;
  request: number;
  split: number;
  total: number;
}

export interface Unallocated {
  excluded: EffectiveCost[];
  groups: UnallocatedGroup[];
  kind: "unallocated" | "doubtful" | "contradicted" | "excluded";
  month: string;
  more: number;
  owners: LikelyOwner[];
  query: string;
  rules_version: number;
  shares: InboxShare[];
  totals: EffectiveCost[];
}

export interface UnallocatedGroup {
  cost: EffectiveCost[];
  id: string;
  lines: number;
  owner: string | null;
  reason: string | null;
  resources: number;
  signature: SignaturePart[];
  suggestions: OwnerSuggestion[];
  where: string[];
}

export interface UnitCost {
  change_percent: string | null;
  cost: string;
  currency: string;
  days_without: number;
  name: string;
  points: UnitPoint[];
  previous_rate: string | null;
  rate: string | null;
  unit: string;
  units: string;
}

export interface UnitCosts {
  grain: "day" | "week" | "month";
  measure: string;
  series: UnitCost[];
  team: string;
}

export interface UnitPoint {
  cost: string;
  first: string;
  rate: string | null;
  units: string;
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

export interface ViewOrder {
  name: string;
  page: string;
  query?: string;
  revision?: number;
  team?: string | null;
  visibility?: "me" | "team" | "all";
}

export interface Views {
  views: SavedView[];
}

export interface WhyOwner {
  condition: string | null;
  dimension: string;
  layer: string | null;
  line: number | null;
  near: NearRule[];
  note: string | null;
  reason: string | null;
  rule: string | null;
  value: string | null;
}
