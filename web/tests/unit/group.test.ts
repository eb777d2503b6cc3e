import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/api/types';
import { swatches } from '../../src/chart/palette';
import { drill, filterFor } from '../../src/explore/questions';
import { parseAddress } from '../../src/query/address';
import {
  called,
  fullName,
  groupLabel,
  groupOf,
  keyOf,
  NO_VALUE,
  nameOf,
  REST,
  textOf,
  wantedOf,
  withValue,
} from '../../src/query/group';
import { DEFAULTS, parseQuery, printFilter, printQuery, words } from '../../src/query/query';
import { ordered } from '../../src/table/order';

const row = (team: string | null, rest: string | null = null): Row => ({ team, rest, cost: '1' });

describe('a group', () => {
  test('that reads like a marker is told from the marker', () => {
    const keys = [row('(none)'), row(null), row('(other)'), row('(other)', 'true')].map((one) => groupOf(one, 'team'));
    expect(keys).toEqual(['\\(none)', NO_VALUE, '\\(other)', REST]);
    expect(keys.map((key) => groupLabel(key, 'team'))).toEqual(['(none)', 'Unallocated', '(other)', 'Other']);
    expect(keys.map(textOf)).toEqual(['(none)', null, '(other)', null]);
  });

  test('is asked for as itself; the rest of a list cannot be', () => {
    expect(printFilter(filterFor('team', keyOf('(none)')))).toBe('team:\\(none)');
    expect(printFilter(filterFor('team', keyOf(null)))).toBe('team:(none)');
    expect(wantedOf(REST)).toBeNull();
    const here = { ...parseAddress('by=team'), path: '/explore', go: () => {}, to: () => '' };
    expect(drill(here, 'team', REST, undefined)).toBeNull();
    const step = drill(here, 'team', keyOf('(other)'), undefined);
    expect(printQuery({ ...DEFAULTS, ...step?.query })).toContain('where=team:%5C(other)');
  });

  test('leads to lines once one resource is all that is left', () => {
    const at = (text: string) => ({ ...parseAddress(text), path: '/explore', go: () => {}, to: () => '' });
    const tab = (text: string) => drill(at(text), 'sku', keyOf('one'), undefined)?.view.tab;
    expect(tab('by=sku&where=resource:i-1')).toBe('lines');
    expect(tab('by=sku&by=region&where=resource:i-1')).toBe('');
    expect(tab('by=sku&where=resource:~i-')).toBe('');
    expect(tab('by=sku&where=-resource:i-1')).toBe('');
  });

  test('of any text is found again by its key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(wantedOf(keyOf(text))).toEqual({ text, contains: false, marker: false });
        expect(textOf(keyOf(text))).toBe(text);
      }),
    );
  });

  test('has the name that the answer gives it, and a word when it has none', () => {
    expect(nameOf({ ...row('i-1'), team_label: 'web' }, 'team')).toBe('web');
    expect(nameOf(row(''), 'team')).toBe('Empty text');
  });

  test('stands in its place, whatever its name', () => {
    const rows = [row(null), row('(other)', 'true'), row('(other)'), row('(none)')];
    const order = ordered(rows, [{ id: 'team', desc: false }], 'team');
    expect(order.map((one) => groupOf(one, 'team'))).toEqual(['\\(none)', '\\(other)', REST, NO_VALUE]);
  });

  test.each(['constructor', '__proto__', 'toString'])('called %s has a colour of its own', (name) => {
    const found = swatches(`dim ${name}`, ['a', name], { a: 1 });
    expect(found.get(name)).toEqual({ slot: 1, texture: 'solid' });
  });
});

test('the rest of a list in an address is named and left out', () => {
  const { query, faults } = parseQuery(words('where=team:(other)'));
  expect(query.where).toEqual([]);
  expect(faults).toMatchObject([{ word: 'where', value: 'team:(other)' }]);
});

describe('a value that people call otherwise', () => {
  const named = (team: string, label: string | null): Row => ({ ...row(team), team_label: label });

  test('is shown by its name, with itself in the title, where that is not said already', () => {
    expect(fullName(named('pay', 'Zahlung'), 'team')).toBe('Zahlung (pay)');
    expect(fullName(named('pay', 'Zahlung (pay)'), 'team')).toBe('Zahlung (pay)');
    expect(fullName(named('pay', null), 'team')).toBe('pay');
    expect(fullName(row(null), 'team')).toBe('Unallocated');
  });

  test('is sorted by what is shown', () => {
    const rows = [named('a', 'Zebra'), named('b', null), named('c', 'Ant')];
    const order = ordered(rows, [{ id: 'team', desc: false }], 'team');
    expect(order.map(({ team }) => team)).toEqual(['c', 'b', 'a']);
  });

  test('has the value behind it, and alone where nobody calls it anything', () => {
    expect(withValue('Payments', 'pay')).toBe('Payments (pay)');
    expect([withValue('pay', 'pay'), withValue('', 'pay'), withValue('', null)]).toEqual(['pay', 'pay', '']);
  });

  test('is called as the first list says that has it', () => {
    const today = { team: { pay: 'Later' } };
    expect(called('team', 'pay', { team: { pay: 'Then' } }, today)).toBe('Then');
    expect(called('team', 'pay', undefined, today)).toBe('Later');
    for (const text of ['constructor', '__proto__', 'gone']) expect(called('team', text, today)).toBe(text);
    expect(called('constructor', 'name', today)).toBe('name');
  });
});
