import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answerOptions } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { type Here, useAddress } from '../app/address';
import { Link } from '../app/Link';
import type { ChangeFacts } from '../format/change';
import { percent } from '../format/format';
import { groupOf, NO_VALUE, nameOf, REST } from '../query/group';
import { ChangeCell, ChangePercentCell, MoneyCell, ShareCell } from '../table/cells';
import { DataTable, type Sort, type TableColumn } from '../table/DataTable';
import { ordered, sortOf, sortWord } from '../table/order';
import { Icon } from '../ui/Icon';
import { childQuery, drill, levelOf, measureOf } from './questions';

interface TreeRow {
  key: string;
  depth: number;
  dimension: string;
  row: Row;
  open: boolean | null; // null: has no children
}

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
  const sort = sortOf(query.sort, { id: measure, desc: true });
  const { rows, waiting } = useTree(answer, here, open, sort);
  const toggle = (key: string) =>
    setOpen((old) => new Set(old.has(key) ? [...old].filter((item) => item !== key) : [...old, key]));
  const columns = useMemo(() => columnsOf(answer, label, measure), [answer, label, measure]);
  const first: TableColumn<TreeRow> = {
    id: dimension,
    header: label,
    sortable: true,
    cell: (item) => <NameCell item={item} here={here} onToggle={() => toggle(item.key)} />,
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
      onSort={(next) => go({ query: { sort: [sortWord(next)] }, replace: true })}
      hidden={hidden}
      footers={answer.totals.map((total) => footerOf(total, dimension, measure))}
      note={
        waiting ? 'loading the level below…' : answer.next ? 'more rows than shown; the export has them all' : undefined
      }
      onHover={(item) => onLit(item && !item.depth ? groupOf(item.row, dimension) : null)}
    />
  );
}

function useTree(
  answer: Answer,
  { query }: Here,
  open: ReadonlySet<string>,
  sort: Sort,
): { rows: TreeRow[]; waiting: boolean } {
  const dimension = levelOf(query);
  const second = query.by[1];
  const { id, desc } = sort;
  const parents = useMemo(() => ordered(answer.rows, { id, desc }, dimension), [answer, id, desc, dimension]);
  const shown = parents.filter((row) => open.has(keyOf(row, dimension)));
  const children = useQueries({
    queries: shown.flatMap((row) => {
      const ask = second ? childQuery(query, groupOf(row, dimension)) : null;
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
    const childSort = sort.id === dimension ? { id: second, desc: sort.desc } : sort;
    for (const child of ordered(same, childSort, second)) {
      rows.push({ key: `${key}\u0000${keyOf(child, second)}`, depth: 1, dimension: second, row: child, open: null });
    }
  }
  return { rows, waiting: children.some((child) => child.isPending) };
}

function keyOf(row: Row, dimension: string): string {
  return `${groupOf(row, dimension)}\u0000${row.currency ?? ''}`;
}

function columnsOf(answer: Answer, label: string, measure: string): TableColumn<TreeRow>[] {
  const has = (name: string) => answer.columns.some((column) => column.name === name);
  const several = new Set(answer.totals.map((total) => total.currency)).size > 1;
  const currency = several ? '' : `, ${answer.totals[0]?.currency ?? ''}`;
  const title = answer.columns.find((column) => column.name === measure)?.label ?? label;
  const facts = ({ row }: TreeRow): ChangeFacts => factsOf(row, measure);
  const out: TableColumn<TreeRow>[] = [];
  if (several)
    out.push({ id: 'currency', header: 'Currency', narrow: true, sortable: true, cell: ({ row }) => row.currency });
  out.push({
    id: measure,
    header: `${title}${currency}`,
    numeric: true,
    narrow: true,
    sortable: true,
    cell: ({ row }) => <MoneyCell amount={row[measure]} />,
  });
  if (has(`previous_${measure}`)) {
    out.push(
      {
        id: `previous_${measure}`,
        header: 'Before',
        numeric: true,
        sortable: true,
        cell: ({ row }) => <MoneyCell amount={row[`previous_${measure}`]} />,
      },
      {
        id: `change_${measure}`,
        header: 'Change',
        numeric: true,
        sortable: true,
        cell: (item) => <ChangeCell {...facts(item)} />,
      },
      {
        id: `change_percent_${measure}`,
        header: 'Change, %',
        numeric: true,
        narrow: true,
        sortable: true,
        cell: (item) => <ChangePercentCell {...facts(item)} />,
      },
    );
  }
  if (has('share'))
    out.push({
      id: 'share',
      header: 'Share',
      numeric: true,
      sortable: true,
      cell: ({ row, depth }) =>
        depth ? <span className="muted">{percent(row.share)} of it</span> : <ShareCell share={row.share} />,
    });
  return out;
}

export function factsOf(row: Row, measure: string): ChangeFacts {
  return {
    now: row[measure] ?? null,
    before: row[`previous_${measure}`] ?? null,
    change: row[`change_${measure}`] ?? null,
    changePercent: row[`change_percent_${measure}`] ?? null,
  };
}

function footerOf(total: Row, dimension: string, measure: string) {
  const facts = factsOf(total, measure);
  return {
    [dimension]: 'Total',
    currency: total.currency,
    [measure]: <MoneyCell amount={total[measure]} />,
    [`previous_${measure}`]: <MoneyCell amount={total[`previous_${measure}`]} />,
    [`change_${measure}`]: <ChangeCell {...facts} />,
    [`change_percent_${measure}`]: <ChangePercentCell {...facts} />,
    share: total.share === undefined ? '' : percent(total.share),
  };
}

function NameCell({ item, here, onToggle }: { item: TreeRow; here: Here; onToggle: () => void }) {
  const { row, dimension, depth, open } = item;
  const group = groupOf(row, dimension);
  const name = nameOf(row, dimension);
  const from = depth ? withParent(here, item) : here;
  const step = drill(from, dimension, group);
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
          className={group === NO_VALUE ? 'name-link missing' : 'name-link'}
          title={`Only ${name}`}
        >
          {name}
        </Link>
      ) : (
        <span className="missing">{name}</span>
      )}
    </span>
  );
}

/** A row of the second level narrows by its parent too. */
function withParent(here: Here, item: TreeRow): Here {
  const first = levelOf(here.query);
  const parent = item.key.split('\u0000')[0] ?? '';
  const step = drill(here, first, parent);
  return step ? { ...here, query: { ...here.query, ...step.query } } : here;
}
