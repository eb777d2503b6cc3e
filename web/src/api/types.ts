/** The documents of the API by the names pages use. Amounts are decimal text, times UTC, ranges half-open. */
import type * as schema from './schema';

export type Answer = schema.AnswerDocument;
export type Row = Answer['rows'][number];
export type DayRange = schema.Range;
export type Values = schema.ValuesDocument;
export type ValueItem = schema.Value;
export type Lines = schema.LinesDocument;
export type LineDetail = schema.LineDetail;
export type Catalogue = schema.CatalogueDocument;
export type Explained = schema.ExplainDocument;
export type CurrencyChange = schema.CurrencyChange;
export type OwnerPaths = schema.PathsDocument;
export type CurrencyPaths = schema.CurrencyPaths;
export type OwnerPath = schema.OwnerPath;
export type ChangeMover = schema.ChangeMover;
export type Problem = schema.ProblemDocument;
export type Status = schema.Status;
export type Source = schema.Source;
export type CatalogueImports = schema.CatalogueImports;
export type SourceMonth = schema.SourceMonth;
export type Load = schema.Load;
export type LoadDetail = schema.LoadDetail;
export type Restatement = schema.Restatement;
export type Colours = schema.Colours;
export type Job = schema.Job;
export type Export = schema.Export;
export type Exports = schema.Exports;
export type JobProgress = schema.JobProgress;
export type SourceKind = schema.CollectorKind;
export type Collector = schema.Collector;
export type Run = schema.CollectorRun;
export type Issue = schema.Issue;
export type Spending = schema.Spending;
export type SchemaDrift = schema.SchemaDrift;
export type RemovalEffect = schema.RemovalEffect;
export type Stage = NonNullable<Job['stage']>;
export type Money = schema.Money;
export type Effect = schema.TeamEffect;
export type Proposal = schema.ProposalDocument;
export type Guide = schema.DemoGuide;

/** What became of one file of an upload. */
export interface FileResult {
  name: string;
  format: string | null;
  state: 'read' | 'unchanged' | 'refused' | 'ignored';
  rows: number | null;
  error: Problem | null;
}

/** The `result` of an import's job; the schema leaves results of jobs open. */
export interface ImportResult {
  state: 'live' | 'unchanged' | 'held' | 'quarantined';
  source: string;
  files: FileResult[];
  rows: schema.Rows;
  totals: Money[];
  warnings: string[];
}

/** One line of a connection test. A failed one that is not required does not stop collecting. */
export interface SourceCheck {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  message: string;
  required: boolean;
  missing: string | null; // the exact permission
  line: string | null; // what to add
}

/** The `result` of a connection test; while it runs it holds the lines so far. */
export interface SourceTest {
  ok: boolean | null;
  checks: SourceCheck[];
}

/** The `result` of a run; while it runs it holds the months so far. */
export interface SyncResult {
  months: {
    period: string;
    state: string;
    objects: number;
    size_bytes: number;
    message: string | null;
    next_step: string | null;
  }[];
}
