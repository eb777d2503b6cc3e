import { useMemo, useState } from 'react';
import { fits, perDay, useAnswer } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { bucketsOf, isPartial } from '../chart/spec';
import { bucketLabel, known } from '../format/dates';
import { fullName, groupOf, nameOf } from '../query/group';
import type { Sort } from '../query/sort';
import { HeatCell, MoneyCell, widestOf } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { ordered } from '../table/order';
import { Empty, Failure, Skeleton } from '../ui/States';
import {
  drill,
  levelOf,
  MATRIX_GROUPS,
  matrixGrain,
  matrixQuery,
  matrixTotalQuery,
  measureOf,
  totalQuery,
} from './questions';

const TOTAL = 'total';
const column = (bucket: string) => `in ${bucket}`;

/** A row per group, a column per day, week or month. Cells, row totals, column totals: each an answer of its own. */
export function MatrixTable({ groups, label }: { groups: Answer | undefined; label: string }) {
  const { query } = useAddress();
  const grain = matrixGrain(query, known(groups?.period));
  const ready = groups !== undefined;
  const cells = useAnswer(matrixQuery(query, grain), ready);
  const rowTotals = useAnswer(matrixTotalQuery(query), ready);
  const columnTotals = useAnswer(totalQuery(query, grain), ready);
  const failed = [cells, rowTotals, columnTotals].find((asked) => asked.error && !asked.data);
  if (failed) return <Failure error={failed.error} what="The matrix" retry={() => failed.refetch()} />;
  const needs = [levelOf(query), measureOf(query)];
  if (
    !fits(cells.data, [...needs, grain]) ||
    !fits(rowTotals.data, needs) ||
    !fits(columnTotals.data, [measureOf(query), grain])
  )
    return <Skeleton lines={8} />;
  if (rowTotals.data.rows.length === 0) return <Empty title="No cost in these days" />;
  return (
    <div className={cells.isPlaceholderData || rowTotals.isPlaceholderData ? 'is-old' : ''}>
      <Matrix
        cells={cells.data}
        rowTotals={rowTotals.data}
        columnTotals={columnTotals.data}
        grain={grain}
        label={label}
      />
    </div>
  );
}

interface MatrixProps {
  cells: Answer;
  rowTotals: Answer;
  columnTotals: Answer;
  grain: 'day' | 'week' | 'month';
  label: string;
}

function Matrix({ cells, rowTotals, columnTotals, grain, label }: MatrixProps) {
  const here = useAddress();
  const dimension = levelOf(here.query);
  const measure = measureOf(here.query);
  const [sort, setSort] = useState<Sort[]>([{ id: TOTAL, desc: true }]);
  const buckets = bucketsOf(
    known(columnTotals.period),
    grain,
    columnTotals.rows.map((row) => row[grain] ?? ''),
  );
  const rows = useMemo(
    () => spread(cells, rowTotals, dimension, measure, grain),
    [cells, rowTotals, dimension, measure, grain],
  );
  const several = new Set(rows.map((row) => row.currency)).size > 1;
  const widest = useMemo(() => widestOf(cells.rows.map((row) => row[measure])), [cells, measure]);
  const per = perDay(rowTotals, measure);
  const name: TableColumn<Row> = {
    id: dimension,
    header: label,
    sortable: true,
    cell: (row) => {
      const shown = nameOf(row, dimension);
      const step = drill(here, dimension, groupOf(row, dimension), rowTotals);
      return step ? (
        <Link
          row
          path="/explore"
          text={here.to(step)}
          className="name-link"
          title={`Look into ${fullName(row, dimension)}`}
        >
          {shown}
        </Link>
      ) : (
        shown
      );
    },
  };
  const columns: TableColumn<Row>[] = [
    name,
    ...(several ? [{ id: 'currency', header: 'Currency', narrow: true, cell: (row: Row) => row.currency }] : []),
    {
      id: TOTAL,
      header: `${per ? 'Whole period' : 'Total'}${several ? '' : `, ${rows[0]?.currency ?? ''}`}${per}`,
      numeric: true,
      narrow: true,
      sortable: true,
      cell: (row) => <MoneyCell amount={row[TOTAL]} />,
    },
    ...buckets.map(
      (bucket): TableColumn<Row> => ({
        id: column(bucket),
        header: `${bucketLabel(bucket, grain)}${isPartial(bucket, grain, cells.complete_to ?? null) ? ', partial' : ''}`,
        numeric: true,
        narrow: true,
        sortable: true,
        title: bucket,
        cell: (row) => <HeatCell amount={row[column(bucket)]} widest={widest} />,
      }),
    ),
  ];
  return (
    <DataTable
      caption={`Cost${per} by ${label.toLowerCase()} and ${grain}`}
      columns={columns}
      rows={ordered(rows, sort, dimension)}
      rowKey={(row) => `${groupOf(row, dimension)}\u0000${row.currency}`}
      textOf={(row) => fullName(row, dimension)}
      sort={sort}
      onSort={setSort}
      footers={rowTotals.totals.map((total) => ({
        [dimension]: 'Total',
        currency: total.currency,
        [TOTAL]: <MoneyCell amount={total[measure]} />,
        ...Object.fromEntries(
          columnTotals.rows
            .filter((row) => row.currency === total.currency)
            .map((row) => [column(row[grain] ?? ''), <MoneyCell key={row[grain]} amount={row[measure]} />]),
        ),
      }))}
      note={`${rows.some((row) => row.rest) ? `the ${MATRIX_GROUPS} dearest, the others together; ` : ''}a stronger shade is more, as a part of the largest cell`}
    />
  );
}

/** Rows of the table: the total of a group, and its cells beside it. */
function spread(cells: Answer, totals: Answer, dimension: string, measure: string, grain: string): Row[] {
  const key = (row: Row) => `${groupOf(row, dimension)}\u0000${row.currency}`;
  const out = new Map<string, Row>(totals.rows.map((row) => [key(row), { ...row, [TOTAL]: row[measure] ?? null }]));
  for (const cell of cells.rows) {
    const row = out.get(key(cell));
    if (row) row[column(cell[grain] ?? '')] = cell[measure] ?? null;
  }
  return [...out.values()];
}
