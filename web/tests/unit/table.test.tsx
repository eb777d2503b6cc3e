// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Row } from '../../src/api/types';
import { DataTable } from '../../src/table/DataTable';
import { ordered, sortOf, sortWord } from '../../src/table/order';

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
    expect(names(ordered(rows, { id: 'cost', desc: true }, 'team'))).toEqual(['b9', 'b10', 'a', '(other)', null]);
    expect(names(ordered(rows, { id: 'cost', desc: false }, 'team'))).toEqual(['b10', 'b9', 'a', '(other)', null]);
  });
  test('names as people count', () =>
    expect(names(ordered(rows, { id: 'team', desc: false }, 'team'))).toEqual(['a', 'b9', 'b10', '(other)', null]));
  test('the address word of an order', () => {
    expect(sortOf(['-cost'], { id: 'team', desc: false })).toEqual({ id: 'cost', desc: true });
    expect(sortWord({ id: 'cost', desc: true })).toBe('-cost');
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
        sort={{ id: 'cost', desc: true }}
        onSort={onSort}
        footers={[{ team: 'Total', cost: '969.50' }]}
      />,
    );
    expect(screen.getByRole('columnheader', { name: /Cost/ }).getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(screen.getByRole('button', { name: /Cost/ }));
    expect(onSort).toHaveBeenCalledWith({ id: 'cost', desc: false });
    expect(screen.getByText('969.50')).toBeTruthy();
    expect(screen.getByText('5 rows')).toBeTruthy();
    expect(screen.getAllByRole('rowheader')).toHaveLength(5);
  });
  test('draws a window of a long table', () => {
    const long = Array.from({ length: 50_000 }, (_, index): Row => ({ team: `t${index}`, cost: '1' }));
    render(<DataTable caption="Long" columns={columns} rows={long} rowKey={(row) => String(row.team)} />);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('50001');
    expect(screen.queryAllByRole('rowheader').length).toBeLessThan(100);
  });
});
