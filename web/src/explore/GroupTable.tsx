import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answerOptions, perDay } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { type Here, useAddress } from '../app/address';
import { Link } from '../app/Link';
import { fullName, groupOf, NO_VALUE, nameOf, REST, wantedOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import { type Sort, sortsOf, sortWord } from '../query/sort';
import { DataTable, type Select, type TableColumn } from '../table/DataTable';
import { ordered } from '../table/order';
import { Icon } from '../ui/Icon';
import { columnsOf, footerOf, type TreeRow, usageColumns } from './groupColumns';
import { childQuery, drill, levelOf, measureOf, RESOURCE } from './questions';
import { useTrend } from './useTrend';
import { useUsage } from './useUsage';

interface GroupTableProps {
  answer: Answer;
  label: string;
  hidden: readonly string[];
  lit: string | null;
  onLit: (key: string | null) => void;
}

/** Groups with their money, comparison and share; a second level opens below its row. */
export function GroupTable({ answer, label, hidden, lit, onLit }: GroupTableProps) {
  const here = useAddress();
  const { query, go } = here;
  const measure = measureOf(query);
  const dimension = levelOf(query);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const sort = useMemo(() => sortsOf(query.sort, { id: measure, desc: true }), [query.sort, measure]);
  const { rows, waiting } = useTree(answer, here, open, sort);
  const toggle = (key: string) =>
    setOpen((old) => new Set(old.has(key) ? [...old].filter((item) => item !== key) : [...old, key]));
  const trend = useTrend(query, answer);
  const usage = useUsage(query);
  const columns = useMemo(() => {
    const cost = columnsOf(answer, label, measure, trend);
    return usage ? [...cost, ...usageColumns(usage, perDay(answer, measure))] : cost;
  }, [answer, label, measure, trend, usage]);
  const first: TableColumn<TreeRow> = {
    id: dimension,
    header: label,
    sortable: true,
    cell: (item) => <NameCell item={item} here={here} answer={answer} onToggle={() => toggle(item.key)} />,
  };
  const select: Select<TreeRow> = {
    can: (item) => item.depth === 0 && groupOf(item.row, dimension) !== REST,
    name: (item) => nameOf(item.row, dimension),
    actions: (items, clear) => (
      <Ticks
        keys={items.map((item) => groupOf(item.row, dimension))}
        dimension={dimension}
        here={here}
        answer={answer}
        clear={clear}
      />
    ),
  };
  return (
    <DataTable
      caption={`Cost by ${label.toLowerCase()}`}
      columns={[first, ...columns]}
      rows={rows}
      rowKey={(item) => item.key}
      rowClass={(item) =>
        [item.depth ? 'is-child' : '', !item.depth && lit === groupOf(item.row, dimension) ? 'is-lit' : ''].join(' ')
      }
      sort={sort}
      onSort={(next) => go({ query: { sort: next.map(sortWord) }, replace: true })}
      textOf={(item) => fullName(item.row, item.dimension)}
      select={select}
      hidden={hidden}
      footers={answer.totals.map((total) => footerOf(total, dimension, measure))}
      note={
        waiting ? 'loading the level below…' : answer.next ? 'more rows than shown; the export has them all' : undefined
      }
      onHover={(item) => onLit(item && !item.depth ? groupOf(item.row, dimension) : null)}
    />
  );
}

interface TicksProps {
  keys: readonly string[];
  dimension: string;
  here: Here;
  answer: Answer;
  clear: () => void;
}

/** What becomes of the rows that were ticked: all of them in one filter. */
function Ticks({ keys, dimension, here, answer, clear }: TicksProps) {
  const values = [...new Set(keys)].flatMap((key) => wantedOf(key) ?? []);
  const filter = (negated: boolean) => {
    const others = here.query.where.filter((one) => negated || one.negated || one.dimension !== dimension);
    here.go({ query: { ...narrowed(here.query, answer), where: [...others, { dimension, negated, values }] } });
    clear();
  };
  return (
    <>
      <button type="button" className="button small" onClick={() => filter(false)}>
        Only these
      </button>
      <button type="button" className="button small" onClick={() => filter(true)}>
        Leave these out
      </button>
      <button type="button" className="button small quiet" onClick={clear}>
        Clear
      </button>
    </>
  );
}

function useTree(
  answer: Answer,
  { query }: Here,
  open: ReadonlySet<string>,
  sort: readonly Sort[],
): { rows: TreeRow[]; waiting: boolean } {
  const dimension = levelOf(query);
  const second = query.by[1];
  const parents = useMemo(() => ordered(answer.rows, sort, dimension), [answer, sort, dimension]);
  const shown = parents.filter((row) => open.has(keyOf(row, dimension)));
  const children = useQueries({
    queries: shown.flatMap((row) => {
      const ask = second ? childQuery(query, groupOf(row, dimension), answer) : null;
      return ask ? [{ ...answerOptions(ask), placeholderData: undefined }] : [];
    }),
  });
  const found = new Map(shown.map((row, index) => [keyOf(row, dimension), children[index]?.data]));
  const rows: TreeRow[] = [];
  for (const row of parents) {
    const key = keyOf(row, dimension);
    const canOpen = second !== undefined && groupOf(row, dimension) !== REST;
    rows.push({ key, depth: 0, dimension, row, open: canOpen ? open.has(key) : null });
    const below = found.get(key);
    if (!canOpen || !second || !below || !open.has(key)) continue;
    const same = below.rows.filter((child) => child.currency === row.currency);
    const childSort = sort.map((one) => (one.id === dimension ? { ...one, id: second } : one));
    for (const child of ordered(same, childSort, second)) {
      rows.push({ key: `${key}\u0000${keyOf(child, second)}`, depth: 1, dimension: second, row: child, open: null });
    }
  }
  return { rows, waiting: children.some((child) => child.isPending) };
}

function keyOf(row: Row, dimension: string): string {
  return `${groupOf(row, dimension)}\u0000${row.currency ?? ''}`;
}

interface NameProps {
  item: TreeRow;
  here: Here;
  answer: Answer;
  onToggle: () => void;
}

function NameCell({ item, here, answer, onToggle }: NameProps) {
  const { row, dimension, depth, open } = item;
  const group = groupOf(row, dimension);
  const name = nameOf(row, dimension);
  const from = depth ? withParent(here, item, answer) : here;
  const step = drill(from, dimension, group, answer);
  return (
    <span className="name">
      {open !== null && (
        <button
          type="button"
          className="opener"
          aria-expanded={open}
          aria-label={`${open ? 'Close' : 'Open'} ${name}`}
          onClick={onToggle}
        >
          <Icon name={open ? 'down' : 'right'} size={14} />
        </button>
      )}
      {step ? (
        <Link
          row
          path="/explore"
          text={here.to(step)}
          className={
            group === NO_VALUE ? 'name-link missing' : dimension === 'resource' ? 'name-link of-id' : 'name-link'
          }
          title={`Only ${fullName(row, dimension)}`}
        >
          <bdi>{name}</bdi>
        </Link>
      ) : (
        <span className="missing">{name}</span>
      )}
      {dimension === 'resource' && group !== NO_VALUE && group !== REST && (
        <Link
          path="/explore"
          text={here.to({ view: { sel: RESOURCE + group } })}
          className="about"
          title={`What ${name} is`}
        >
          <Icon name="help" size={16} />
          <span className="visually-hidden">What {name} is</span>
        </Link>
      )}
    </span>
  );
}

/** A row of the second level narrows by its parent too. */
function withParent(here: Here, item: TreeRow, answer: Answer): Here {
  const first = levelOf(here.query);
  const parent = item.key.split('\u0000')[0] ?? '';
  const step = drill(here, first, parent, answer);
  return step ? { ...here, query: { ...here.query, ...step.query } } : here;
}
