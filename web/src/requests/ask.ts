/** What the pages read of requests between teams, of disputes, and of acts by hand. */
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type * as schema from '../api/schema';

export type RuleRequest = schema.RuleRequest;
export type Dispute = schema.Dispute;
export type Offer = schema.Offer;
export type Question = schema.OwnerQuestion;

const ENDED: readonly RuleRequest['state'][] = ['refused', 'published', 'withdrawn', 'superseded'];

const ofTeam = (team: string | undefined) => (team === undefined ? '' : `?team=${encodeURIComponent(team)}`);

/** Newest first; of a team, those that it made or is asked about. */
export function useRequests(team?: string) {
  return useQuery({
    queryKey: ['rules', 'requests', team ?? null],
    queryFn: ({ signal }) => get<schema.RuleRequests>(`/rules/requests${ofTeam(team)}`, signal),
    select: (found) => found.requests,
  });
}

export function useRequest(id: string) {
  return useQuery({
    queryKey: ['rules', 'requests', 'one', id],
    queryFn: ({ signal }) => get<schema.RequestDetail>(`/rules/requests/${encodeURIComponent(id)}`, signal),
  });
}

export function useDisputes(team?: string) {
  return useQuery({
    queryKey: ['rules', 'disputes', team ?? null],
    queryFn: ({ signal }) => get<schema.Disputes>(`/rules/disputes${ofTeam(team)}`, signal),
    select: (found) => found.disputes,
  });
}

/** What teams were asked of the inbox, newest first. */
export function useQuestions(team?: string) {
  return useQuery({
    queryKey: ['questions', team ?? null],
    queryFn: ({ signal }) => get<schema.OwnerQuestions>(`/questions${ofTeam(team)}`, signal),
    select: (found) => found.questions,
  });
}

export const SAID: Record<Question['state'], string> = {
  open: 'no answer yet',
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

/** Not closed: somebody still has to do something. */
export function waiting(request: Pick<RuleRequest, 'state'>): boolean {
  return !ENDED.includes(request.state);
}

export function whoName(who: string | null): string {
  return who ?? 'the platform';
}
