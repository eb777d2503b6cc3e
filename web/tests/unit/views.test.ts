import { expect, test } from 'vitest';
import { starredFirst, type View } from '../../src/views/ask';

const view = (name: string, starred: boolean): View => ({
  id: name,
  name,
  page: '/',
  query: '',
  owner: 'local',
  visibility: 'me',
  team: null,
  revision: 1,
  changed_at: '2026-11-20T00:00:00Z',
  starred,
  mine: true,
});

test('starred views stand first, and both keep the order of the server', () => {
  const views = [view('a', false), view('b', true), view('c', false), view('d', true)];
  expect([...views].sort(starredFirst).map(({ name }) => name)).toEqual(['b', 'd', 'a', 'c']);
});
