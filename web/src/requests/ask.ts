/** What the pages read of requests between teams, of disputes, and of acts by hand. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type * as schema from '../api/schema';
import { useTeamName } from '../app/Called';

export type RuleRequest = schema.RuleRequest;
export type Dispute = schema.Dispute;
export type Offer = schema.Offer;
export type Question = schema.OwnerQuestion;

function usePages<T extends { next: string | null }>(path: string, team: string | undefined) {
  return useInfiniteQuery({
    queryKey: ['rules', path, team ?? null],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({
        ...(team !== undefined && { team }),
        ...(pageParam && { cursor: pageParam }),
      });
      return get<T>(`${path}?${asked}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** Page by page, those first that wait; of a team, those that it made or is asked about. */
export function useRequests(team?: string) {
  return usePages<schema.RuleRequests>('/rules/requests', team);
}

/** How many requests wait for somebody, or for a team. */
export function useWaiting(team?: string): number {
  return useRequests(team).data?.pages[0]?.waiting ?? 0;
}

export function useRequest(id: string) {
  return useQuery({
    queryKey: ['rules', 'requests', 'one', id],
    queryFn: ({ signal }) => get<schema.RequestDetail>(`/rules/requests/${encodeURIComponent(id)}`, signal),
  });
}

/** Page by page, newest first. */
export function useDisputes(team?: string) {
  return usePages<schema.Disputes>('/rules/disputes', team);
}

/** What teams were asked of the inbox, page by page, newest first. */
export function useQuestions(team?: string) {
  return usePages<schema.OwnerQuestions>('/questions', team);
}

const MOST = '200'; // that a page of the server may hold

/** What was asked about some groups of the inbox, of a team or of any. */
export function useQuestionsAbout(groups: readonly string[], team = '') {
  const asked = new URLSearchParams({ ...(team && { team }), group: [...new Set(groups)].join(), limit: MOST });
  return useQuery({
    queryKey: ['rules', '/questions', 'about', String(asked)],
    queryFn: ({ signal }) => get<schema.OwnerQuestions>(`/questions?${asked}`, signal),
    select: (found) => found.questions,
    enabled: groups.length > 0,
  });
}

export const SAID: Record<Question['state'], string> = {
  open: 'no answer yet',
  claimed: 'claimed, others are asked',
  ours: '✔ theirs',
  not_ours: '✖ not theirs',
  settled: 'settled otherwise',
};

export function useToil() {
  return useQuery({
    queryKey: ['attribution', 'toil'],
    queryFn: ({ signal }) => get<schema.Toil>('/attribution/toil', signal),
    select: (found) => found.months,
  });
}

/** Cost that teams give to whoever wants it. */
export function useOffers() {
  return useQuery({
    queryKey: ['rules', 'offers'],
    queryFn: ({ signal }) => get<schema.Offers>('/rules/offers', signal),
    select: (found) => found.offers,
  });
}

/** Teams that exist no more, and the rules that still name them. */
export function useEndedTeams() {
  return useQuery({
    queryKey: ['rules', 'ended-teams'],
    queryFn: ({ signal }) => get<schema.EndedTeams>('/rules/ended-teams', signal),
    select: (found) => found.teams,
  });
}

export type Who = string | null; // a team, or the platform

export function useWhoName(): (who: Who) => string {
  const name = useTeamName();
  return (who) => (who === null ? 'the platform' : name(who));
}
