/** What pages ask, kept in one cache. A key holds the text of the question, so equal questions are asked once. */
import { keepPreviousData, QueryClient, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type CostQuery, printQuery } from '../query/query';
import { ApiError, get } from './client';
import type {
  Answer,
  Catalogue,
  CatalogueImports,
  Colours,
  Guide,
  Job,
  LineDetail,
  Lines,
  Load,
  LoadDetail,
  Proposal,
  Restatement,
  Source,
  SourceMonth,
  Status,
  Values,
} from './types';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 600_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 1 && !(error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500),
    },
  },
});

function withText(path: string, text: string): string {
  return text ? `${path}?${text}` : path;
}

export function answerOptions(query: CostQuery) {
  const text = printQuery(query);
  return queryOptions({
    queryKey: ['costs', text],
    queryFn: ({ signal }) => get<Answer>(withText('/costs', text), signal),
    placeholderData: keepPreviousData,
  });
}

/** The answer to a question; the previous one stays, marked, while a new one is on its way. */
export function useAnswer(query: CostQuery, enabled = true) {
  return useQuery({ ...answerOptions(query), enabled });
}

/** Whether an answer has these columns: one kept from another question must not be drawn under this one's names. */
export function fits(answer: Answer | undefined, names: readonly string[]): answer is Answer {
  return answer !== undefined && names.every((name) => answer.columns.some((column) => column.name === name));
}

/** " per day" where the measure was divided by days, to stand behind its unit; else nothing. */
export function perDay(answer: Answer, measure: string): string {
  return answer.columns.some((column) => column.name === measure && column.per === 'day') ? ' per day' : '';
}

export const STATUS = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => get<Status>('/status', signal),
  staleTime: 15_000,
});

export function useStatus() {
  return useQuery({
    ...STATUS,
    refetchInterval: ({ state }) => (state.data?.empty && state.data.jobs_running > 0 ? 1_500 : 30_000), // the first bill
  });
}

export const CATALOGUE = queryOptions({
  queryKey: ['catalogue'],
  queryFn: ({ signal }) => get<Catalogue>('/catalogue', signal),
  staleTime: 300_000,
});

export function useCatalogue() {
  return useQuery(CATALOGUE);
}

/** Values of a dimension under the question's own period and filters, ranked by money. */
export function useValues(dimension: string, search: string, query: CostQuery, enabled = true, limit = 50) {
  const text = printQuery({ ...query, by: [], grain: 'none', compare: 'none', top: null, sort: [] });
  const own = new URLSearchParams({ dimension, limit: String(limit), ...(search && { search }) }).toString();
  return useQuery({
    queryKey: ['values', dimension, search, text],
    queryFn: ({ signal }) => get<Values>(`/values?${own}${text ? `&${text}` : ''}`, signal),
    placeholderData: keepPreviousData,
    enabled: enabled && dimension !== '',
  });
}

const NO_KEYS: readonly string[] = [];

/** Tag keys that occur, dearest first. */
export function useTagKeys(): readonly string[] {
  const { data } = useQuery({
    queryKey: ['values', 'tag'],
    queryFn: ({ signal }) => get<Values>('/values?dimension=tag&period=all&limit=200', signal),
    select: (found) => found.values.flatMap((item) => item.value ?? []),
    staleTime: 300_000,
  });
  return data ?? NO_KEYS;
}

export function useLine(id: string) {
  return useQuery({
    queryKey: ['line', id],
    queryFn: ({ signal }) => get<LineDetail>(`/lines/${encodeURIComponent(id)}`, signal),
    enabled: id !== '',
  });
}

/** The id of the newest line that a question sums: what its subject is now. */
export function useNewestLine(query: CostQuery) {
  const text = printQuery({
    ...query,
    by: [],
    grain: 'day',
    compare: 'none',
    normalise: 'none',
    top: null,
    sort: ['-day'],
  });
  return useQuery({
    queryKey: ['lines', 'newest', text],
    queryFn: ({ signal }) => get<Lines>(`/lines?${text}&limit=1`, signal),
    select: (found) => found.rows[0]?.id ?? '',
  });
}

export const SOURCES = queryOptions({
  queryKey: ['sources'],
  queryFn: ({ signal }) => get<{ sources: Source[] }>('/sources', signal),
});

export function useSources() {
  return useQuery(SOURCES);
}

export function useCatalogueImports() {
  return useQuery({
    queryKey: ['entities', 'imports'],
    queryFn: ({ signal }) => get<CatalogueImports>('/entities/imports', signal),
  });
}

export function useMonths(source: string) {
  return useQuery({
    queryKey: ['sources', source, 'months'],
    queryFn: ({ signal }) => get<{ months: SourceMonth[] }>(`/sources/${encodeURIComponent(source)}/months`, signal),
  });
}

export function useLoads() {
  return useQuery({ queryKey: ['loads'], queryFn: ({ signal }) => get<{ loads: Load[] }>('/loads', signal) });
}

export function useLoad(id: string) {
  return useQuery({
    queryKey: ['loads', id],
    queryFn: ({ signal }) => get<LoadDetail>(`/loads/${encodeURIComponent(id)}`, signal),
    enabled: id !== '',
  });
}

/** What collecting a source cost by day, how its columns changed, what removing it would do. */
export function useSourceFact<T>(source: string, fact: 'spending' | 'schema' | 'removal', enabled = true) {
  return useQuery({
    queryKey: ['sources', source, fact],
    queryFn: ({ signal }) => get<T>(`/sources/${encodeURIComponent(source)}/${fact}`, signal),
    enabled,
  });
}

/** Months whose lines changed after they had been live, of one source or of all; newest first, page by page. */
export function useRestatements(source?: string) {
  return useInfiniteQuery({
    queryKey: ['restatements', source ?? null],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ ...(source && { source }), ...(pageParam && { cursor: pageParam }) });
      return get<{ restatements: Restatement[]; next: string | null }>(`/restatements?${asked}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

const PLAIN = /^[\w.-]+$/; // other tag keys keep the colours of the browser

/** The places the server keeps for the values of a dimension; without them a browser keeps its own. */
export function useColours(dimension: string | null) {
  return useQuery({ ...coloursOptions(dimension ?? ''), enabled: dimension !== null && PLAIN.test(dimension) });
}

export function coloursOptions(dimension: string) {
  return queryOptions({
    queryKey: ['colours', dimension],
    queryFn: ({ signal }) => get<Colours>(`/colours?dimension=${encodeURIComponent(dimension)}`, signal),
    staleTime: 300_000,
  });
}

export function useJobs() {
  return useQuery({
    queryKey: ['jobs'],
    queryFn: ({ signal }) => get<{ jobs: Job[] }>('/jobs', signal),
    refetchInterval: 5_000,
  });
}

export const GUIDE = queryOptions({ queryKey: ['guide'], queryFn: ({ signal }) => get<Guide>('/demo', signal) });

export function useGuide(enabled: boolean) {
  return useQuery({ ...GUIDE, enabled });
}

export function useProposal(enabled: boolean) {
  return useQuery({
    queryKey: ['proposal'],
    queryFn: ({ signal }) => get<Proposal>('/rules/proposal', signal),
    enabled,
  });
}

/** What failed together comes back together: tiles have no button of their own. */
export function askFailedAgain(): Promise<void> {
  const failed = ({ state }: { state: { status: string } }) => state.status === 'error';
  return queryClient.refetchQueries({ type: 'active', predicate: failed }, { cancelRefetch: false });
}

/** After anything was loaded, removed or published, no answer in the cache holds. */
export function forgetAnswers(): Promise<void> {
  return queryClient.invalidateQueries();
}
