import { type ReactNode, useState } from 'react';
import { fits, useAnswer } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { useAddress } from '../app/address';
import { useDimensionLabel } from '../app/Filters';
import { Link } from '../app/Link';
import { RowWhose, RowWhy } from '../explain/WhyLink';
import { factsOf, footerOf } from '../explore/groupColumns';
import { count } from '../format/format';
import { fullName, groupOf, NO_VALUE, nameOf } from '../query/group';
import type { CostQuery } from '../query/query';
import { type Sort, sortsOf, sortWord } from '../query/sort';
import { ChangeCell, ChangePercentCell, MoneyCell, ShareCell, Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { ordered } from '../table/order';
import { Empty, Failure, Skeleton } from '../ui/States';

const NAME_MOST = 40;

export interface Place {
  path: string;
  text: string;
}

interface SliceTableProps {
  asked: CostQuery; // by one dimension
  caption: string;
  to: (row: Row, answer: Answer) => Place; // where a row leads, over the days of its answer
  only?: (row: Row) => boolean;
  empty: string;
  kept?: boolean; // its order is a word of the address
  why?: boolean; // a change opens its explanation, and cost the paths by which it came
  brief?: boolean; // beside another table: without what it was before
  act?: (row: Row) => ReactNode; // what can be done to a row
}

/** Groups of one question with what they cost, cost before, and their share; every row leads to what it is made of. */
export function SliceTable({ asked, caption, to, only, empty, kept, why, brief, act }: SliceTableProps) {
  const answer = useAnswer(asked);
  const label = useDimensionLabel();
  const dimension = asked.by[0] ?? '';
  const measure = asked.measures[0] ?? '';
  const [sorts, setSorts] = useSorts(kept ?? false, asked);
  if (answer.error && !answer.data)
    return <Failure error={answer.error} what={caption} retry={() => answer.refetch()} />;
  const found = answer.data;
  if (!fits(found, [dimension, measure])) return <Skeleton lines={6} />;
  const rows = only ? found.rows.filter(only) : found.rows;
  if (rows.length === 0) return only ? <p className="muted">{none(empty, found)}</p> : <Empty title={empty} />;
  const name: TableColumn<Row> = {
    id: dimension,
    header: label(dimension),
    sortable: !kept || dimension === 'team',
    cell: (row) => (
      <Link
        row
        {...to(row, found)}
        className={groupOf(row, dimension) === NO_VALUE ? 'name-link missing' : 'name-link'}
      >
        <Shortened text={nameOf(row, dimension)} most={NAME_MOST} title={fullName(row, dimension)} />
      </Link>
    ),
  };
  return (
    <DataTable
      caption={caption}
      columns={[
        name,
        ...moneyColumns(found, measure, why && found.detail_kept !== false ? dimension : null),
        ...(act ? [{ id: 'act', header: 'Say', narrow: true, cell: act }] : []),
      ]}
      rows={ordered(rows, sorts, dimension)}
      rowKey={(row) => `${groupOf(row, dimension)}\u0000${row.currency}`}
      sort={sorts}
      hidden={brief ? [`previous_${measure}`, `change_percent_${measure}`] : []}
      onSort={setSorts}
      textOf={(row) => fullName(row, dimension)}
      footers={only ? [] : found.totals.map((total) => footerOf(total, dimension, measure))}
      note={found.next ? 'more than shown; the export has them all' : undefined}
    />
  );
}

/** Nothing is said of groups that the answer leaves to its next page. */
export function none(empty: string, { next, rows }: Pick<Answer, 'next' | 'rows'>): string {
  return next === null ? empty : `${empty} among the ${count(rows.length)} largest; the export has them all`;
}

/** An order is kept in the address on a page's own table; beside it, for this visit, from that of the question on. */
function useSorts(kept: boolean, asked: CostQuery): [Sort[], (sorts: Sort[]) => void] {
  const { query, go } = useAddress();
  const usual: Sort = { id: asked.measures[0] ?? '', desc: true };
  const [own, setOwn] = useState<Sort[]>(sortsOf(asked.sort, usual));
  if (!kept) return [own, setOwn];
  const set = (sorts: Sort[]) => go({ query: { sort: sorts.map(sortWord) }, replace: true });
  return [sortsOf(query.sort, usual), set];
}

function moneyColumns(answer: Answer, measure: string, explained: string | null): TableColumn<Row>[] {
  const several = new Set(answer.totals.map((total) => total.currency)).size > 1;
  const has = (name: string) => answer.columns.some((column) => column.name === name);
  const money = (id: string, header: string, narrow = false): TableColumn<Row> => ({
    id,
    header,
    numeric: true,
    narrow,
    sortable: true,
    cell: (row) => <MoneyCell amount={row[id]} />,
  });
  const out: TableColumn<Row>[] = [];
  if (several)
    out.push({ id: 'currency', header: 'Currency', narrow: true, sortable: true, cell: (row) => row.currency });
  out.push({
    ...money(measure, several ? 'Cost' : `Cost, ${answer.totals[0]?.currency ?? ''}`, true),
    cell: (row) => (
      <RowWhose row={row} dimension={explained}>
        <MoneyCell amount={row[measure]} />
      </RowWhose>
    ),
  });
  if (has(`change_${measure}`))
    out.push(money(`previous_${measure}`, 'Before'), changeColumn(measure, explained), {
      id: `change_percent_${measure}`,
      header: 'Change, %',
      numeric: true,
      narrow: true,
      sortable: true,
      cell: (row) => <ChangePercentCell {...factsOf(row, measure)} />,
    });
  if (has('share'))
    out.push({
      id: 'share',
      header: 'Share',
      numeric: true,
      sortable: true,
      cell: (row) => <ShareCell share={row.share} />,
    });
  return out;
}

function changeColumn(measure: string, explained: string | null): TableColumn<Row> {
  return {
    id: `change_${measure}`,
    header: 'Change',
    numeric: true,
    sortable: true,
    cell: (row) => (
      <RowWhy row={row} dimension={explained}>
        <ChangeCell {...factsOf(row, measure)} />
      </RowWhy>
    ),
  };
}
