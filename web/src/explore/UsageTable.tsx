import { fits, perDay, useAnswer } from '../api/queries';
import type { Row } from '../api/types';
import { useAddress } from '../app/address';
import { exactQuantity, quantity, rate } from '../format/format';
import { fullName, groupOf, nameOf } from '../query/group';
import { parseSort, sortsOf, sortWord } from '../query/sort';
import { MoneyCell, Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { ordered } from '../table/order';
import { Empty, Failure, Skeleton } from '../ui/States';
import { levelOf, measureOf, usageQuery } from './questions';

/** Usage beside its unit, never summed across units, with the price that resulted. */
export function UsageTable({ label }: { label: string }) {
  const { query, go } = useAddress();
  const dimension = levelOf(query);
  const measure = measureOf(query);
  const answer = useAnswer(usageQuery(query));
  if (answer.error && !answer.data) return <Failure error={answer.error} what="Usage" retry={() => answer.refetch()} />;
  if (!fits(answer.data, [dimension, measure])) return <Skeleton lines={8} />;
  const { columns: found } = answer.data;
  if (answer.data.rows.length === 0) return <Empty title="No usage in these days" />;
  const known = query.sort.filter((word) => found.some((column) => column.name === parseSort(word).id));
  const sort = sortsOf(known, { id: measure, desc: true });
  const currencies = new Set(answer.data.totals.map((total) => total.currency));
  const several = currencies.size > 1;
  const [currency = ''] = currencies;
  const per = perDay(answer.data, measure);
  const columns: TableColumn<Row>[] = [
    {
      id: dimension,
      header: label,
      sortable: true,
      cell: (row) => (
        <span title={fullName(row, dimension)}>
          <Shortened text={nameOf(row, dimension)} most={40} />
        </span>
      ),
    },
    {
      id: 'pricing_quantity',
      header: `Usage${per}`,
      numeric: true,
      narrow: true,
      sortable: true,
      cell: (row) => (
        <data value={row.pricing_quantity ?? ''} title={exactQuantity(row.pricing_quantity)}>
          {quantity(row.pricing_quantity)}
        </data>
      ),
    },
    {
      id: 'pricing_unit',
      header: 'Unit',
      narrow: true,
      sortable: true,
      cell: (row) => <Shortened text={row.pricing_unit ?? 'no unit'} most={20} />,
    },
    ...(several ? [{ id: 'currency', header: 'Currency', sortable: true, cell: (row: Row) => row.currency }] : []),
    {
      id: measure,
      header: `Cost${several ? '' : `, ${currency}`}${per}`,
      numeric: true,
      sortable: true,
      cell: (row) => <MoneyCell amount={row[measure]} />,
    },
    {
      id: 'effective_rate',
      header: several ? 'Rate per unit' : `Rate, ${currency} per unit`,
      numeric: true,
      sortable: true,
      cell: (row) => rate(row.effective_rate),
    },
  ];
  return (
    <DataTable
      caption={`Usage by ${label.toLowerCase()}`}
      columns={columns}
      rows={ordered(answer.data.rows, sort, dimension)}
      rowKey={(row) => `${groupOf(row, dimension)}\u0000${row.pricing_unit}\u0000${row.currency}`}
      sort={sort}
      onSort={(next) => go({ query: { sort: next.map(sortWord) }, replace: true })}
      textOf={(row) => `${fullName(row, dimension)} ${row.pricing_unit ?? ''}`}
      footers={answer.data.totals.map((row) => ({
        [dimension]: 'Total',
        pricing_quantity: quantity(row.pricing_quantity),
        pricing_unit: row.pricing_unit ?? 'no unit',
        currency: row.currency,
        [measure]: <MoneyCell amount={row[measure]} />,
        effective_rate: rate(row.effective_rate),
      }))}
      note="quantities of different units are never added up"
    />
  );
}
