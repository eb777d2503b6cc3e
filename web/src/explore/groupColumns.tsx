/** The columns of groups: trend, money, what it was before, change and share. */
import type { Answer, Row } from '../api/types';
import { RowWhy } from '../explain/WhyLink';
import type { ChangeFacts } from '../format/change';
import { exactQuantity, percent, quantity, rate } from '../format/format';
import { ChangeCell, ChangePercentCell, MoneyCell, ShareCell } from '../table/cells';
import type { TableColumn } from '../table/DataTable';
import { Sparkline } from '../table/Sparkline';
import type { Trend } from './useTrend';
import type { Usage } from './useUsage';

export interface TreeRow {
  key: string;
  depth: number;
  dimension: string;
  row: Row;
  open: boolean | null; // null: has no children
}

/** Quantity and the rate that resulted. */
export function usageColumns({ unit, currency, of }: Usage, per: string): TableColumn<TreeRow>[] {
  return [
    {
      id: 'pricing_quantity',
      header: `Usage, ${unit}${per}`,
      numeric: true,
      cell: ({ row, dimension }) => {
        const amount = of(row, dimension)?.pricing_quantity;
        return (
          <data value={amount ?? ''} title={exactQuantity(amount)}>
            {quantity(amount)}
          </data>
        );
      },
    },
    {
      id: 'effective_rate',
      header: `Rate, ${currency} per ${unit}`,
      numeric: true,
      cell: ({ row, dimension }) => rate(of(row, dimension)?.effective_rate),
    },
  ];
}

export function columnsOf(answer: Answer, label: string, measure: string, trend: Trend): TableColumn<TreeRow>[] {
  const has = (name: string) => answer.columns.some((column) => column.name === name);
  const several = new Set(answer.totals.map((total) => total.currency)).size > 1;
  const currency = several ? '' : `, ${answer.totals[0]?.currency ?? ''}`;
  const title = answer.columns.find((column) => column.name === measure)?.label ?? label;
  const facts = ({ row }: TreeRow): ChangeFacts => factsOf(row, measure);
  const out: TableColumn<TreeRow>[] = [];
  out.push({
    id: 'trend',
    header: 'Trend',
    title: `The last ${trend.unit}s; the newest is marked`,
    cell: ({ row, dimension, depth }) => {
      if (depth) return null;
      if (trend.waiting) return <span className="spark-wait" aria-busy="true" />;
      return <Sparkline values={trend.of(row, dimension)} unit={trend.unit} />;
    },
  });
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
        cell: (item) => (
          <RowWhy row={item.row} dimension={item.depth || answer.detail_kept === false ? null : item.dimension}>
            <ChangeCell {...facts(item)} />
          </RowWhy>
        ),
      },
      {
        id: `change_percent_${measure}`,
        header: 'Change, %',
        numeric: true,
        narrow: !several,
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

export function footerOf(total: Row, dimension: string, measure: string) {
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
