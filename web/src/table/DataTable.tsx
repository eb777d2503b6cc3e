/** The one table: sticky header and first column, sorting, drawn by window above 100 rows, an exact footer. */
import { type KeyboardEvent, type MouseEvent, type ReactNode, useDeferredValue, useRef, useState } from 'react';
import { count } from '../format/format';
import type { Sort } from '../query/sort';
import { Find } from './Find';
import { HeadCell } from './HeadCell';
import { NONE_TICKED, type Ticked, tick } from './selection';
import { useWindow } from './useWindow';

export interface TableColumn<T> {
  id: string;
  header: string;
  numeric?: boolean;
  narrow?: boolean; // stays on a phone
  sortable?: boolean;
  title?: string;
  cell: (row: T) => ReactNode;
}

/** Rows that can be ticked, and what to do with those that are. */
export interface Select<T> {
  can: (row: T) => boolean;
  name: (row: T) => string;
  actions: (rows: readonly T[], clear: () => void) => ReactNode;
}

export interface DataTableProps<T> {
  caption: string;
  columns: readonly TableColumn<T>[];
  rows: readonly T[]; // in the order to be shown
  rowKey: (row: T) => string;
  rowClass?: (row: T) => string;
  sort?: readonly Sort[];
  onSort?: (sorts: Sort[]) => void;
  hidden?: readonly string[];
  footers?: readonly Record<string, ReactNode>[]; // by column id; totals of the answer, not of what is drawn
  note?: ReactNode;
  onHover?: (row: T | null) => void;
  textOf?: (row: T) => string; // what `/` finds a row by
  select?: Select<T>;
}

type Widths = Readonly<Record<string, number>>;
const UNSORTED: readonly Sort[] = [];

export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { caption, rowKey, sort = UNSORTED, onSort, hidden = [], footers = [], note, textOf, select } = props;
  const holder = useRef<HTMLDivElement>(null);
  const [widths, setWidths] = useState<Widths>({});
  const [find, setFind] = useState<string | null>(null);
  const [ticked, setTicked] = useState<Ticked>(NONE_TICKED);
  const sought = useDeferredValue(find ?? '').toLowerCase();
  const rows = sought && textOf ? props.rows.filter((row) => textOf(row).toLowerCase().includes(sought)) : props.rows;
  const visible = props.columns.filter((column) => !hidden.includes(column.id));
  const { drawn, above, below } = useWindow(holder, rows.length);
  const chosen = select ? props.rows.filter((row) => ticked.keys.has(rowKey(row))) : [];
  const order = select ? rows.filter(select.can).map(rowKey) : [];
  const onKeyDown = (event: KeyboardEvent) => {
    const typing = (event.target as HTMLElement).closest('input');
    if (event.key !== '/' || !textOf || typing) return;
    event.preventDefault();
    setFind(find ?? '');
  };
  return (
    <>
      {find !== null && (
        <Find
          caption={caption}
          text={find}
          found={rows.length}
          onText={setFind}
          onClose={() => {
            setFind(null);
            holder.current?.focus();
          }}
        />
      )}
      {select && chosen.length > 0 && (
        <div className="ticked" role="status">
          {count(chosen.length)} selected {select.actions(chosen, () => setTicked(NONE_TICKED))}
        </div>
      )}
      <div
        ref={holder}
        className="table-scroll"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
        tabIndex={0}
        aria-label={`${caption}, scrolls${textOf ? '; / finds a row' : ''}`}
        onKeyDown={onKeyDown}
      >
        <table className={Object.keys(widths).length ? 'table fixed' : 'table'} aria-rowcount={rows.length + 1}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {visible.map((column, index) => (
                <HeadCell
                  key={column.id}
                  column={column}
                  className={cellClass(column, index === 0)}
                  sorts={sort}
                  onSort={onSort}
                  width={widths[column.id]}
                  onWidth={(width) => setWidths(resized(widths, holder.current, visible, column.id, width))}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Gap height={above} />}
            {drawn.map((index) => {
              const row = rows[index];
              if (!row) return null;
              const key = rowKey(row);
              return (
                <tr
                  key={key}
                  aria-rowindex={index + 2}
                  className={props.rowClass?.(row)}
                  onClick={openRow}
                  onMouseEnter={() => props.onHover?.(row)}
                  onMouseLeave={() => props.onHover?.(null)}
                >
                  {visible.map((column, at) => (
                    <BodyCell key={column.id} column={column} row={row} first={at === 0}>
                      {at === 0 && select?.can(row) && (
                        <input
                          type="checkbox"
                          className="row-check"
                          aria-label={`Select ${select.name(row)}`}
                          checked={ticked.keys.has(key)}
                          onChange={() => {}}
                          onClick={(event) => setTicked(tick(ticked, key, order, event.shiftKey))}
                        />
                      )}
                    </BodyCell>
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
        {sought ? `${count(rows.length)} of ${count(props.rows.length)}` : count(rows.length)}{' '}
        {props.rows.length === 1 ? 'row' : 'rows'}
        {footers.length > 0 && props.rows.length > 1 && ' · rows are rounded one by one, the total once'}
        {note && <> · {note}</>}
      </p>
    </>
  );
}

/** Once one column has a width of its own, every column keeps the one it was drawn with. */
function resized<T>(
  widths: Widths,
  holder: HTMLElement | null,
  columns: readonly TableColumn<T>[],
  id: string,
  width: number | undefined,
): Widths {
  if (width === undefined) return {};
  const heads = [...(holder?.querySelectorAll('thead th') ?? [])];
  const drawn = columns.map((column, at) => [column.id, Math.round(heads[at]?.getBoundingClientRect().width ?? 0)]);
  return { ...Object.fromEntries(drawn), ...widths, [id]: width };
}

/** A click anywhere on a row is one on its link; not where something else is pressed or text was selected. */
function openRow(event: MouseEvent<HTMLTableRowElement>): void {
  const on = event.target as HTMLElement;
  if (event.defaultPrevented || on.closest('a, button, input, summary') || getSelection()?.isCollapsed === false)
    return;
  event.currentTarget.querySelector<HTMLElement>('[data-row]')?.click();
}

function cellClass<T>(column: TableColumn<T>, first: boolean): string {
  return [first && 'sticky', column.numeric && 'num', !first && !column.narrow && 'wide'].filter(Boolean).join(' ');
}

interface BodyCellProps<T> {
  column: TableColumn<T>;
  row: T;
  first: boolean;
  children: ReactNode; // before its content
}

function BodyCell<T>({ column, row, first, children }: BodyCellProps<T>) {
  const content = column.cell(row);
  if (!first) return <td className={cellClass(column, first)}>{content}</td>;
  return (
    <th scope="row" className={cellClass(column, first)}>
      {children ? (
        <span className="with-check">
          {children}
          {content}
        </span>
      ) : (
        content
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
