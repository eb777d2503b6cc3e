/** The one place that talks to the server, always to our own origin and below our own base path. */
import type { Problem } from './types';

/** The sub-path we are served under, with a slash at both ends: the folder above the one our scripts lie in. */
export const BASE = import.meta.env.PROD ? new URL('..', import.meta.url).pathname : '/';
export const API = `${BASE}api/v1`;

export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

const NOTHING_MORE = { field: null, nearest: [], next_step: null, request_id: null, faults: [] };

async function refusal(response: Response): Promise<ApiError> {
  const own = response.headers.get('content-type')?.includes('json') ? await response.json().catch(() => null) : null;
  const standard: Problem = {
    ...NOTHING_MORE,
    type: 'urn:outlay:problem:unreadable',
    title: 'The server gave no readable answer',
    status: response.status,
    detail: `The server answered ${response.status} without saying why.`,
    request_id: response.headers.get('x-request-id'),
  };
  return new ApiError({ ...standard, ...own });
}

declare global {
  var outlayAsked: Record<string, Promise<Response>> | undefined; // by public/first.js
}

/** What was asked before these scripts were there, once. */
function askedBefore(path: string): Promise<Response> | undefined {
  const answer = globalThis.outlayAsked?.[path];
  delete globalThis.outlayAsked?.[path];
  return answer;
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const asked =
    (init.method ? undefined : askedBefore(path)) ?? fetch(API + path, { credentials: 'same-origin', ...init });
  const response = await asked.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({
      ...NOTHING_MORE,
      type: 'urn:outlay:problem:unreachable',
      title: 'The server cannot be reached',
      status: 0,
      detail: 'Nothing answered. What you see is what was loaded before.',
      next_step: 'Check that `outlay serve` is running, then try again.',
    });
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send(path, { headers: { accept: 'application/json' }, ...(signal && { signal }) });
  const read = response.json().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({
      ...NOTHING_MORE,
      type: 'urn:outlay:problem:unreadable',
      title: 'The answer could not be read',
      status: response.status,
      detail: 'The answer could not be read: it broke off, or something between here and the server changed it.',
      next_step: 'Try again.',
      request_id: response.headers.get('x-request-id'),
    });
  });
  return (await read) as T;
}

export async function write<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, headers: { accept: 'application/json' } };
  if (body instanceof Blob) init.body = body;
  else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, 'content-type': 'application/json' };
  }
  const response = await send(path, init);
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

/** A file of what is sent, a draft, which no address can hold, and what the server calls it. */
export async function fileOf(path: string, body: unknown): Promise<{ blob: Blob; name: string }> {
  const headers = { 'content-type': 'application/json' };
  const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const [, name = 'export'] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  return { blob: await response.blob(), name };
}

export type FileKind =
  | 'costs'
  | 'lines'
  | 'costs/explain'
  | 'costs/paths'
  | 'costs/units'
  | 'unallocated'
  | 'tags/compliance'
  | `tags/campaigns/${string}/resources`
  | ListKind;

/** What a draft or a request moves, in several ways. */
export type MoveTable = 'movement' | 'by-service' | 'by-pool' | 'taken' | 'by-resource' | 'by-month';

/** Lists of which every row is in the file, whatever part of them a page shows. */
type ListKind =
  | 'restatements'
  | 'sources'
  | `sources/${string}/${'months' | 'spending' | 'runs' | 'schema'}`
  | 'loads'
  | `loads/${string}/control`
  | `rules/requests/${string}/${MoveTable}`
  | `rules/${'versions' | 'effects' | 'proposal' | 'requests' | 'disputes' | 'offers' | 'ended-teams'}`
  | 'questions'
  | 'attribution/toil'
  | 'org'
  | 'entities'
  | 'entities/unknown'
  | 'pools'
  | 'pools/shares'
  | 'tags/campaigns'
  | 'tags/coverage'
  | 'tags/variants'
  | `tags/campaigns/${string}/owners`;

/** Address of a file of the same answer, or of the lines behind it. */
export function fileAddress(of: FileKind, queryText: string, extension: 'csv' | 'xlsx' | 'parquet'): string {
  return `${API}/${of}.${extension}${queryText ? `?${queryText}` : ''}`;
}
