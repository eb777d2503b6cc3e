/** What the pages of teams read beside costs. */
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { useValues } from '../api/queries';
import type * as schema from '../api/schema';
import { type CostQuery, DEFAULTS, printQuery } from '../query/query';
import { listed } from './named';

export type Rules = schema.RulesDocument;
export type Pools = schema.PoolsDocument;

const TEAMS_MAX = 1000;

export function useRules() {
  return useQuery({ queryKey: ['rules'], queryFn: ({ signal }) => get<Rules>('/rules', signal) });
}

/** The teams of today, those of a catalogue too. */
export function useTree() {
  return useQuery({ queryKey: ['org'], queryFn: ({ signal }) => get<schema.OrgTree>('/org', signal) });
}

export function usePools() {
  return useQuery({ queryKey: ['pools'], queryFn: ({ signal }) => get<Pools>('/pools', signal) });
}

/** Who got what of which pool in a billing period. */
export function usePoolShares(period: string | undefined) {
  return useQuery({
    queryKey: ['pools', 'shares', period],
    queryFn: ({ signal }) => get<schema.PoolShares>(`/pools/shares?period=${period}`, signal),
    enabled: period !== undefined,
  });
}

/** What a unit of each of a team's metrics costs; empty where nothing is counted. */
export function unitsText(team: string, query: CostQuery): string {
  return `team=${encodeURIComponent(team)}&${printQuery({ ...query, by: [], sort: [], top: null })}`;
}

export function useUnits(team: string, query: CostQuery) {
  const text = unitsText(team, query);
  return useQuery({
    queryKey: ['units', text],
    queryFn: ({ signal }) => get<schema.UnitCosts>(`/costs/units?${text}`, signal),
  });
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Every team that ever had cost, by name: the order in which they follow each other. */
export function useTeams(): { teams: readonly string[]; pending: boolean; error: Error | null } {
  const found = useValues('team', '', { ...DEFAULTS, period: 'all' }, true, TEAMS_MAX);
  const teams = (found.data?.values ?? []).flatMap(({ value }) => value ?? []).sort(byName.compare);
  return { teams, pending: found.isPending, error: found.error };
}

/** Teams that a form offers: those that the text of org.yaml lists, then others, as of a catalogue, once they have cost. */
export function useOffered(org: string): readonly string[] {
  const { teams } = useTeams();
  return [...new Set([...listed(org), ...teams])];
}
