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
export type Problem = schema.ProblemDocument;
export type Status = schema.Status;
export type Source = schema.Source;
export type SourceMonth = schema.SourceMonth;
export type Load = schema.Load;
export type LoadDetail = schema.LoadDetail;
export type Restatement = schema.Restatement;
export type Colours = schema.Colours;
export type Job = schema.Job;
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
