import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { pressed, type Sort } from '../query/sort';
import type { TableColumn } from './DataTable';

const STEP = 16;
const NARROWEST = 56;
const WIDEST = 900;

interface HeadCellProps<T> {
  column: TableColumn<T>;
  className: string;
  sorts: readonly Sort[];
  onSort: ((sorts: Sort[]) => void) | undefined;
  width: number | undefined;
  onWidth: (width: number | undefined) => void;
}

/** A column's head: a press sorts by it, with Shift after what is sorted by already; its edge changes the width. */
export function HeadCell<T>({ column, className, sorts, onSort, width, onWidth }: HeadCellProps<T>) {
  const place = sorts.findIndex((sort) => sort.id === column.id);
  const sorted = place < 0 ? undefined : sorts[place]?.desc ? 'descending' : 'ascending';
  const mark = sorted === 'descending' ? '↓' : sorted === 'ascending' ? '↑' : '';
  const several = sorts.length > 1 && place >= 0;
  const fixed = width === undefined ? {} : { width };
  return (
    <th scope="col" className={className} aria-sort={place === 0 ? sorted : undefined} style={fixed}>
      {column.sortable && onSort ? (
        <button
          type="button"
          className="sorter"
          title={`${column.title ?? column.header}. Shift sorts by it too.`}
          onClick={(event) => onSort(pressed(sorts, column.id, column.numeric === true, event.shiftKey))}
        >
          {column.header}
          <span className="sorter-mark" aria-hidden="true">
            {mark}
            {several && <sub>{place + 1}</sub>}
          </span>
          {place > 0 && <span className="visually-hidden">, then by this, {sorted}</span>}
        </button>
      ) : (
        <span title={column.title}>{column.header}</span>
      )}
      <Edge name={column.header} width={width} onWidth={onWidth} />
    </th>
  );
}

interface EdgeProps {
  name: string;
  width: number | undefined;
  onWidth: (width: number | undefined) => void;
}

/** The right edge of a column: dragged, or moved by the arrow keys; Home or a double click gives the usual width. */
function Edge({ name, width, onWidth }: EdgeProps) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const drawn = (at: HTMLElement) => Math.round(at.parentElement?.getBoundingClientRect().width ?? 0);
  const set = (wanted: number) => onWidth(Math.max(NARROWEST, Math.min(WIDEST, wanted)));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Home') onWidth(undefined);
    else if (event.key === 'ArrowLeft') set((width ?? drawn(event.currentTarget)) - STEP);
    else if (event.key === 'ArrowRight') set((width ?? drawn(event.currentTarget)) + STEP);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    start.current = { x: event.clientX, width: drawn(event.currentTarget) };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  return (
    <span
      role="separator"
      className="edge"
      aria-orientation="vertical"
      aria-label={`Width of ${name}`}
      aria-valuenow={width ?? 0}
      aria-valuetext={width === undefined ? 'as wide as its text' : `${width} pixels`}
      aria-valuemin={0}
      aria-valuemax={WIDEST}
      tabIndex={0}
      title="Drag, or arrow keys, to change the width; Home for the usual one"
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => start.current && set(start.current.width + event.clientX - start.current.x)}
      onPointerUp={() => {
        start.current = null;
      }}
      onDoubleClick={() => onWidth(undefined)}
    />
  );
}
