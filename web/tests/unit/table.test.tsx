// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Row } from '../../src/api/types';
import { parseSort, pressed, sortWord } from '../../src/query/sort';
import { DataTable } from '../../src/table/DataTable';
import { ordered } from '../../src/table/order';
import { NONE_TICKED, tick } from '../../src/table/selection';

afterEach(cleanup);
const rows: Row[] = [
  { team: null, cost: '900' },
  { team: '(other)', rest: 'true', cost: '50' },
  { team: 'b10', cost: '9.5' },
  { team: 'b9', cost: '10' },
  { team: 'a', cost: null },
];
const names = (sorted: Row[]) => sorted.map((row) => row.team);

describe('order', () => {
  test('by amount, exactly; Other, then what has no value, last either way', () => {
    expect(names(ordered(rows, [{ id: 'cost', desc: true }], 'team'))).toEqual(['b9', 'b10', 'a', '(other)', null]);
    expect(names(ordered(rows, [{ id: 'cost', desc: false }], 'team'))).toEqual(['b10', 'b9', 'a', '(other)', null]);
  });
  test('names as people count', () =>
    expect(names(ordered(rows, [{ id: 'team', desc: false }], 'team'))).toEqual(['a', 'b9', 'b10', '(other)', null]));
  test('the address word of an order', () => {
    expect(parseSort('-cost')).toEqual({ id: 'cost', desc: true });
    expect(sortWord({ id: 'cost', desc: true })).toBe('-cost');
    for (const id of ['tag.a,b', '-x', 'a\\b', 'tag.k:v'])
      expect(parseSort(sortWord({ id, desc: true }))).toEqual({ id, desc: true });
  });
  test('a second column decides where the first leaves rows equal', () => {
    const twins: Row[] = [
      { team: 'x', service: 'b', cost: '1' },
      { team: 'y', service: 'a', cost: '1.0' },
      { team: 'z', service: 'c', cost: '2' },
    ];
    const sorts = pressed([{ id: 'cost', desc: true }], 'service', false, true);
    expect(names(ordered(twins, sorts, 'team'))).toEqual(['z', 'y', 'x']);
    expect(pressed(sorts, 'service', false, true).map(sortWord)).toEqual(['-cost', '-service']);
    expect(pressed(sorts, 'team', false, false).map(sortWord)).toEqual(['team']);
  });
  test('rows are ticked one by one, and with Shift up to the last one', () => {
    const order = ['a', 'b', 'c', 'd'];
    const first = tick(NONE_TICKED, 'b', order, false);
    const range = tick(first, 'd', order, true);
    expect([...range.keys]).toEqual(['b', 'c', 'd']);
    expect([...tick(range, 'c', order, true).keys]).toEqual(['b']);
  });
});

describe('table', () => {
  const columns = [
    { id: 'team', header: 'Team', cell: (row: Row) => row.team ?? 'Unallocated', sortable: true },
    { id: 'cost', header: 'Cost, EUR', cell: (row: Row) => row.cost, numeric: true, sortable: true },
  ];
  test('says its order, sorts by a click, and ends with the exact total', () => {
    const onSort = vi.fn();
    render(
      <DataTable
        caption="Teams"
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.team)}
        sort={[{ id: 'cost', desc: true }]}
        onSort={onSort}
        footers={[{ team: 'Total', cost: '969.50' }]}
      />,
    );
    expect(screen.getByRole('columnheader', { name: /Cost/ }).getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(screen.getByRole('button', { name: /Cost/ }));
    expect(onSort).toHaveBeenCalledWith([{ id: 'cost', desc: false }]);
    fireEvent.click(screen.getByRole('button', { name: /Team/ }), { shiftKey: true });
    expect(onSort).toHaveBeenLastCalledWith([
      { id: 'cost', desc: true },
      { id: 'team', desc: false },
    ]);
    expect(screen.getByText('969.50')).toBeTruthy();
    expect(screen.getByText(/^5 rows · rows are rounded/)).toBeTruthy();
    expect(screen.getAllByRole('rowheader')).toHaveLength(5);
  });
  test('finds rows by their text and leaves the total alone', () => {
    render(
      <DataTable
        caption="Teams"
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.team)}
        textOf={(row) => row.team ?? ''}
        footers={[{ team: 'Total', cost: '969.50' }]}
      />,
    );
    fireEvent.keyDown(screen.getByRole('group'), { key: '/' });
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'B1' } });
    expect(screen.getAllByRole('rowheader').map((cell) => cell.textContent)).toEqual(['b10']);
    expect(screen.getByText('969.50')).toBeTruthy();
    fireEvent.keyDown(screen.getByRole('textbox'), { key: 'Escape' });
    expect(screen.getAllByRole('rowheader')).toHaveLength(5);
  });
  test('a column is made wider by the arrow keys, and usual again', () => {
    render(<DataTable caption="Teams" columns={columns} rows={rows} rowKey={(row) => String(row.team)} />);
    const edge = screen.getByRole('separator', { name: 'Width of Team' });
    fireEvent.keyDown(edge, { key: 'ArrowRight' });
    expect(edge.getAttribute('aria-valuetext')).toMatch(/pixels/);
    fireEvent.keyDown(edge, { key: 'Home' });
    expect(edge.getAttribute('aria-valuetext')).toBe('as wide as its text');
  });
  test('draws a window of a long table', () => {
    const long = Array.from({ length: 50_000 }, (_, index): Row => ({ team: `t${index}`, cost: '1' }));
    render(<DataTable caption="Long" columns={columns} rows={long} rowKey={(row) => String(row.team)} />);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('50001');
    expect(screen.queryAllByRole('rowheader').length).toBeLessThan(100);
  });
});
