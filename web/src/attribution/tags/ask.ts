/** What the tab of tags reads about policies and campaigns, and the little it writes. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, write } from '../../api/client';
import type * as schema from '../../api/schema';
import { known, shift, shiftMonth } from '../../format/dates';
import { type CostQuery, DEFAULTS } from '../../query/query';
import { asked } from '../ask';

export type Compliance = schema.TagsCompliance;
export type ComplianceRow = schema.ComplianceRow;
export type Policy = schema.TagPolicyShown;
export type Campaign = schema.Campaign;
export type CampaignOrder = schema.CampaignOrder;
export type CampaignResource = schema.CampaignResource;

const TREND_MONTHS = 13;

function useJudged(text: string, enabled = true) {
  return useQuery({
    queryKey: ['tags', 'compliance', text],
    queryFn: ({ signal }) => get<Compliance>(`/tags/compliance${text && `?${text}`}`, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useCompliance(query: CostQuery) {
  return useJudged(asked(query, DEFAULTS));
}

/** The thirteen months that end with the days of `found`, of one policy. */
export function useComplianceTrend(query: CostQuery, found: Compliance, policy: string) {
  const days = known(found.period);
  const last = days ? shift(days.end, -1) : '';
  const period = `${shiftMonth(last.slice(0, 7) || '2000-01', 1 - TREND_MONTHS)}-01..${last}`;
  const text = asked({ ...query, period }, DEFAULTS);
  return useJudged(`${text}&grain=month&policy=${encodeURIComponent(policy)}`, days !== null);
}

export function useCampaigns() {
  return useQuery({
    queryKey: ['tags', 'campaigns'],
    queryFn: ({ signal }) => get<schema.Campaigns>('/tags/campaigns', signal),
  });
}

export function useCampaign(id: string) {
  return useQuery({
    queryKey: ['tags', 'campaigns', id],
    queryFn: ({ signal }) => get<schema.CampaignProgress>(`/tags/campaigns/${encodeURIComponent(id)}`, signal),
  });
}

export function useCampaignResources(id: string, team: string) {
  const text = team && `?team=${encodeURIComponent(team)}`;
  return useQuery({
    queryKey: ['tags', 'campaigns', id, 'resources', team],
    queryFn: ({ signal }) =>
      get<schema.CampaignResources>(`/tags/campaigns/${encodeURIComponent(id)}/resources${text}`, signal),
  });
}

/** Begin and close; what is listed is read again. */
export function useCampaignWriter() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: ['tags', 'campaigns'] });
  return {
    begin: (order: CampaignOrder) => write<Campaign>('POST', '/tags/campaigns', order).finally(again),
    close: (id: string) => write<Campaign>('POST', `/tags/campaigns/${encodeURIComponent(id)}/close`).finally(again),
  };
}
