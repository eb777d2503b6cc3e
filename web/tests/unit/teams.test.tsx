// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { pageAt } from '../../src/app/pages';
import { parseAddress } from '../../src/query/address';
import { printQuery } from '../../src/query/query';
import { isNew } from '../../src/teams/Fresh';
import { listed, mentions } from '../../src/teams/named';
import { environments, grouped, isProduction, ofTeam, teamPath } from '../../src/teams/questions';
import { placeOf } from '../../src/teams/Tables';

const query = (text: string) => parseAddress(text).query;

test('a team has its page under its own name, whatever signs that holds', () => {
  expect(pageAt('/teams')?.key).toBe('t');
  expect(teamPath('R&D / Ops')).toBe('/teams/R%26D%20%2F%20Ops');
  expect(pageAt(teamPath('R&D / Ops'))?.label).toBe('Team');
});

test('the page asks in the days, measure and filters of the reader, of this team alone', () => {
  const asked = ofTeam(
    query('measures=billed_cost&by=region&where=team:search&where=-service:Tax&period=last_week&compare=year&top=8'),
    'a,b',
  );
  expect(printQuery(asked)).toBe(
    'measures=billed_cost&where=-service:Tax&where=team:a%5C,b&period=last_week&compare=year',
  );
  expect(grouped(asked, 'service').measures).toEqual(['billed_cost', 'share']);
});

test('what is not production is folded by the server, never added up here', () => {
  const asked = environments(ofTeam(query('compare=previous'), 'search'));
  expect(printQuery(asked)).toBe('measures=effective_cost,share&by=environment&where=team:search&top=1');
  expect(['prod', 'PRD', 'live', 'production'].every(isProduction)).toBe(true);
  expect(['preprod', 'dev', null, 'non-production'].some(isProduction)).toBe(false);
});

test('new is what costs now and cost nothing before, absent or zero', () => {
  expect(isNew({ effective_cost: '1.50', previous_effective_cost: null }, 'effective_cost')).toBe(true);
  expect(isNew({ effective_cost: '1.50', previous_effective_cost: '0.00' }, 'effective_cost')).toBe(true);
  expect(isNew({ effective_cost: '-2', previous_effective_cost: null }, 'effective_cost')).toBe(true);
  expect(isNew({ effective_cost: '1.50', previous_effective_cost: '0.01' }, 'effective_cost')).toBe(false);
  expect(isNew({ effective_cost: '0', previous_effective_cost: null }, 'effective_cost')).toBe(false);
});

test('rows lead to bill lines, a resource to its page, and what has no resource to its lines again', () => {
  const about = ofTeam(query('period=last_week'), 'search');
  expect(placeOf(about, { service: 'Mail', currency: 'EUR' }, 'service')).toEqual({
    path: '/explore',
    text: 'by=resource&where=team:search&where=service:Mail&period=last_week&tab=lines',
  });
  expect(placeOf(about, { resource: 'r/1', currency: 'EUR' }, 'resource')).toEqual({
    path: '/resources',
    text: 'where=team:search&where=resource:r/1&period=last_week',
  });
  expect(placeOf(about, { resource: null, currency: 'EUR' }, 'resource').path).toBe('/explore');
});

test('the lines that name a team are found as words, not in comments, in every document', () => {
  const texts = {
    org: '# search\nteams:\n  - {key: search, name: Search}\n  - key: "re-search"\n',
    rules: 'x: [search]\ny: research # search\n',
    files: { 'owners.csv': 'account,team\n1,search\n2,search-2\n' },
  };
  expect(mentions(texts, 'search').map(({ file, line }) => `${file}:${line}`)).toEqual([
    'org.yaml:3',
    'rules.yaml:1',
    'owners.csv:2',
  ]);
  expect(mentions(texts, '')).toEqual([]);
  expect(mentions({ org: 'a(b', rules: '', files: null }, 'a(b')).toHaveLength(1);
  expect(listed(texts.org)).toEqual(['search', 're-search']);
  expect(listed("teams: [{key: a, parent: b}, {name: x, key: 'c'}] # {key: d}\n")).toEqual(['a', 'c']);
});
