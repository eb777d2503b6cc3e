/** The one table: sticky header and first column, sorting, drawn by window above 100 rows, an exact footer. */
import {
  columnVisibilityFeature,
  createColumnHelper,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactNode, useMemo, useRef } from 'react';
import { count } from '../format/format';

export interface TableColumn<T> {
  id: string;
  header: string;
  numeric?: boolean;
  narrow?: boolean; // stays on a phone
  sortable?: boolean;
  title?: string;
  cell: (row: T) => ReactNode;
}

export interface Sort {
  id: string;
  desc: boolean;
}

export interface DataTableProps<T> {
  caption: string;
  columns: readonly TableColumn<T>[];
  rows: readonly T[]; // in the order to be shown
  rowKey: (row: T) => string;
  rowClass?: (row: T) => string;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  hidden?: readonly string[];
  footers?: readonly Record<string, ReactNode>[]; // by column id; totals of the answer, not of what is drawn
  note?: ReactNode;
  onHover?: (row: T | null) => void;
}

const WINDOW_FROM = 100;
const ROW_HEIGHT = 36;
const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature });

export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { caption, columns, rows, rowKey, rowClass, sort = null, onSort, hidden, footers = [], note, onHover } = props;
  const holder = useRef<HTMLDivElement>(null);
  const definitions = useMemo(() => definitionsOf(columns), [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows as T[],
    getRowId: (row: T) => rowKey(row),
    manualSorting: true,
    state: {
      sorting: sort ? [{ id: sort.id, desc: sort.desc }] : [],
      columnVisibility: Object.fromEntries((hidden ?? []).map((id) => [id, false])),
    },
  });
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const visible = table.getVisibleLeafColumns().flatMap((column) => byId.get(column.id) ?? []);
  const all = table.getRowModel().rows;
  const windowed = all.length > WINDOW_FROM;
  const virtual = useVirtualizer({
    count: windowed ? all.length : 0,
    getScrollElement: () => holder.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const items = windowed ? virtual.getVirtualItems() : [];
  const drawn = windowed ? items.map((item) => item.index) : all.map((_, index) => index);
  const above = items[0]?.start ?? 0;
  const below = windowed ? virtual.getTotalSize() - (items.at(-1)?.end ?? 0) : 0;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys */}
      <div ref={holder} className="table-scroll" role="group" tabIndex={0} aria-label={`${caption}, scrolls`}>
        <table className="table" aria-rowcount={all.length + 1}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {visible.map((column, index) => (
                <HeadCell key={column.id} column={column} first={index === 0} sort={sort} {...(onSort && { onSort })} />
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Gap height={above} />}
            {drawn.map((index) => {
              const row = all[index];
              if (!row) return null;
              return (
                <tr
                  key={row.id}
                  aria-rowindex={index + 2}
                  className={rowClass?.(row.original)}
                  onClick={openRow}
                  onMouseEnter={() => onHover?.(row.original)}
                  onMouseLeave={() => onHover?.(null)}
                >
                  {visible.map((column, at) => (
                    <BodyCell key={column.id} column={column} row={row.original} first={at === 0} />
                  ))}
                </tr>
              );
            })}
            {below > 0 && <Gap height={below} />}
          </tbody>
          {footers.length > 0 && (
            <tfoot>
              {footers.map((footer, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: one per currency, in the answer's order
                <tr key={index}>
                  {visible.map((column, at) => (
                    <td key={column.id} className={cellClass(column, at === 0)}>
                      {footer[column.id]}
                    </td>
                  ))}
                </tr>
              ))}
            </tfoot>
          )}
        </table>
      </div>
      <p className="table-note">
        {count(all.length)} {all.length === 1 ? 'row' : 'rows'}
        {note && <> · {note}</>}
      </p>
    </>
  );
}

/** A click anywhere on a row is one on its link; not where something else is pressed or text was selected. */
function openRow(event: MouseEvent<HTMLTableRowElement>): void {
  const on = event.target as HTMLElement;
  if (event.defaultPrevented || on.closest('a, button, input, summary') || getSelection()?.isCollapsed === false)
    return;
  event.currentTarget.querySelector<HTMLElement>('[data-row]')?.click();
}

function definitionsOf<T extends object>(columns: readonly TableColumn<T>[]) {
  const helper = createColumnHelper<typeof features, T>();
  return helper.columns(
    columns.map((column) =>
      helper.display({ id: column.id, header: column.header, cell: ({ row }) => column.cell(row.original) }),
    ),
  );
}

function cellClass<T>(column: TableColumn<T>, first: boolean): string {
  return [first && 'sticky', column.numeric && 'num', !first && !column.narrow && 'wide'].filter(Boolean).join(' ');
}

function BodyCell<T>({ column, row, first }: { column: TableColumn<T>; row: T; first: boolean }) {
  const content = column.cell(row);
  if (!first) return <td className={cellClass(column, first)}>{content}</td>;
  return (
    <th scope="row" className={cellClass(column, first)}>
      {content}
    </th>
  );
}

interface HeadCellProps<T> {
  column: TableColumn<T>;
  first: boolean;
  sort: Sort | null;
  onSort?: (sort: Sort) => void;
}

function HeadCell<T>({ column, first, sort, onSort }: HeadCellProps<T>) {
  const sorted = sort?.id === column.id ? (sort.desc ? 'descending' : 'ascending') : undefined;
  const next = () => onSort?.({ id: column.id, desc: sorted ? !sort?.desc : column.numeric === true });
  return (
    <th scope="col" className={cellClass(column, first)} aria-sort={sorted} title={column.title}>
      {column.sortable && onSort ? (
        <button type="button" className="sorter" onClick={next}>
          {column.header}
          <span className="sorter-mark" aria-hidden="true">
            {sorted === 'descending' ? '↓' : sorted === 'ascending' ? '↑' : ''}
          </span>
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

function Gap({ height }: { height: number }) {
  return (
    <tr className="gap">
      <td style={{ height }} />
    </tr>
  );
}
