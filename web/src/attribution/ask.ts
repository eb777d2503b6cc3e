/** What the attribution page reads and tries; nothing here publishes. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, write } from '../api/client';
import type * as schema from '../api/schema';
import { type CostQuery, printQuery } from '../query/query';
import type { Texts } from '../teams/named';

export type Preview = schema.RulesPreview;
export type Check = schema.RulesCheck;
export type Fault = schema.RuleFault;
export type Version = schema.RulesVersion;

const SETTLED_MS = 600;

/** Every fault of the texts, once the reader has stopped typing. */
export function useCheck(texts: Texts, enabled: boolean) {
  const now = JSON.stringify(texts);
  const [settled, setSettled] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(now), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [now]);
  const checked = useQuery({
    queryKey: ['rules', 'check', settled],
    queryFn: () => write<Check>('POST', '/rules/check', JSON.parse(settled)),
    enabled,
  });
  return { ...checked, waiting: enabled && (settled !== now || checked.isFetching) };
}

/** What publishing the texts would move over the last 13 billing periods. */
export function usePreview(texts: Texts | null) {
  const text = texts && JSON.stringify(texts);
  return useQuery({
    queryKey: ['rules', 'preview', text],
    queryFn: () => write<Preview>('POST', '/rules/preview', texts),
    enabled: texts !== null,
  });
}

export function useVersions() {
  return useQuery({
    queryKey: ['rules', 'versions'],
    queryFn: ({ signal }) => get<Version[]>('/rules/versions', signal),
  });
}

export function useVersionTexts(version: number | null) {
  return useQuery({
    queryKey: ['rules', 'versions', version],
    queryFn: ({ signal }) => get<Texts>(`/rules/versions/${version}`, signal),
    enabled: version !== null,
  });
}

export function useDiff(version: number) {
  return useQuery({
    queryKey: ['rules', 'versions', version, 'diff'],
    queryFn: ({ signal }) => get<schema.RulesDiff>(`/rules/versions/${version}/diff`, signal),
  });
}

/** Only what these questions understand: measure, days, filters, currency. */
export function asked({ measures, period, where, basis, currency }: CostQuery, base: CostQuery): string {
  return printQuery({ ...base, measures: measures.slice(0, 1), period, where, basis, currency });
}

export function useCoverage(query: CostQuery, base: CostQuery) {
  const text = asked(query, base);
  return useQuery({
    queryKey: ['tags', 'coverage', text],
    queryFn: ({ signal }) => get<schema.TagsCoverage>(`/tags/coverage?keys=50${text && `&${text}`}`, signal),
  });
}

export function variantsText(query: CostQuery, base: CostQuery, key: string): string {
  return [key && `key=${encodeURIComponent(key)}`, asked(query, base)].filter(Boolean).join('&');
}

export function useVariants(query: CostQuery, base: CostQuery, key: string) {
  const text = variantsText(query, base, key);
  return useQuery({
    queryKey: ['tags', 'variants', text],
    queryFn: ({ signal }) => get<schema.TagVariants>(`/tags/variants${text && `?${text}`}`, signal),
  });
}

export function useEntities(period: string) {
  return useQuery({
    queryKey: ['entities', period],
    queryFn: ({ signal }) => get<schema.Entities>(`/entities?period=${encodeURIComponent(period)}`, signal),
  });
}

/** The rules that a text says, each with its place. */
export function useRulesRead(rules: string) {
  return useQuery({
    queryKey: ['rules', 'read', rules],
    queryFn: () => write<schema.RulesRead>('POST', '/rules/read', { org: '', rules }),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** What each rule in force does. */
export function useRuleEffects() {
  return useQuery({
    queryKey: ['rules', 'effects'],
    queryFn: ({ signal }) => get<schema.RulesEffects>('/rules/effects', signal),
  });
}

/** `text` is a query of kind, order and groups. */
export function useUnallocated(text: string) {
  return useQuery({
    queryKey: ['unallocated', text],
    queryFn: ({ signal }) => get<schema.Unallocated>(`/unallocated${text && `?${text}`}`, signal),
    placeholderData: keepPreviousData,
  });
}

/** The metrics that cost can be divided by. */
export function useSeries(enabled: boolean) {
  return useQuery({
    queryKey: ['series'],
    queryFn: ({ signal }) => get<schema.SeriesKnown[]>('/series', signal),
    enabled,
  });
}
