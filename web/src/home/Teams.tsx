import { useState } from 'react';
import { fits, useAnswer } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { Link } from '../app/Link';
import { factsOf } from '../explore/groupColumns';
import { filterFor } from '../explore/questions';
import { halfOpen } from '../format/dates';
import { percent } from '../format/format';
import { fullName, groupOf, nameOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import { type CostQuery, printQuery } from '../query/query';
import type { Sort } from '../query/sort';
import { ChangeCell, ChangePercentCell, MoneyCell, ShareCell, Shortened } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { ExportMenu } from '../table/ExportMenu';
import { ordered } from '../table/order';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { type Month, RUNNING, teams } from './questions';

const NAME_MOST = 40;

export function Teams({ query, month }: { query: CostQuery; month: Month }) {
  const asked = teams(query, month);
  const answer = useAnswer(asked);
  return (
    <Panel
      title={`Teams, ${month.label}`}
      note={answer.data && halfOpen(answer.data.period)}
      busy={answer.isPlaceholderData}
      tools={<ExportMenu query={asked} />}
    >
      {answer.error && !fits(answer.data, asked.measures) ? (
        <Failure error={answer.error} what="The teams" retry={() => answer.refetch()} />
      ) : !fits(answer.data, asked.measures) ? (
        <Skeleton lines={7} />
      ) : answer.data.rows.length === 0 ? (
        <Empty title={`No cost ${month === RUNNING ? 'this month yet' : `in ${month.label}`}`} />
      ) : (
        <TeamTable answer={answer.data} query={asked} caption={`Teams, ${month.label}`} />
      )}
    </Panel>
  );
}

function TeamTable({ answer, query, caption }: { answer: Answer; query: CostQuery; caption: string }) {
  const measure = query.measures[0] ?? '';
  const [sort, setSort] = useState<Sort[]>([{ id: measure, desc: true }]);
  const several = answer.totals.length > 1;
  const code = several ? '' : `, ${answer.totals[0]?.currency}`;
  const link = (row: Row) =>
    printQuery({
      ...narrowed(query, answer),
      measures: [measure],
      by: ['service'],
      where: [...query.where, filterFor('team', groupOf(row, 'team'))],
    });
  const columns: TableColumn<Row>[] = [
    {
      id: 'team',
      header: 'Team',
      sortable: true,
      cell: (row) => (
        <Link row path="/explore" text={link(row)} className={row.team === null ? 'name-link missing' : 'name-link'}>
          <Shortened text={nameOf(row, 'team')} most={NAME_MOST} title={fullName(row, 'team')} />
        </Link>
      ),
    },
    ...(several ? [{ id: 'currency', header: 'Currency', narrow: true, cell: (row: Row) => row.currency }] : []),
    {
      id: measure,
      header: `Cost${code}`,
      numeric: true,
      narrow: true,
      sortable: true,
      cell: (row) => <MoneyCell amount={row[measure]} />,
    },
    {
      id: `previous_${measure}`,
      header: 'Same days before',
      numeric: true,
      sortable: true,
      cell: (row) => <MoneyCell amount={row[`previous_${measure}`]} />,
    },
    {
      id: `change_${measure}`,
      header: 'Change',
      numeric: true,
      sortable: true,
      cell: (row) => <ChangeCell {...factsOf(row, measure)} />,
    },
    {
      id: `change_percent_${measure}`,
      header: 'Change, %',
      numeric: true,
      narrow: true,
      sortable: true,
      cell: (row) => <ChangePercentCell {...factsOf(row, measure)} />,
    },
    { id: 'share', header: 'Share', numeric: true, sortable: true, cell: (row) => <ShareCell share={row.share} /> },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={ordered(answer.rows, sort, 'team')}
      rowKey={(row) => `${groupOf(row, 'team')}\u0000${row.currency}`}
      sort={sort}
      onSort={setSort}
      footers={answer.totals.map((total) => ({
        team: 'Total',
        currency: total.currency,
        [measure]: <MoneyCell amount={total[measure]} />,
        [`previous_${measure}`]: <MoneyCell amount={total[`previous_${measure}`]} />,
        [`change_${measure}`]: <ChangeCell {...factsOf(total, measure)} />,
        [`change_percent_${measure}`]: <ChangePercentCell {...factsOf(total, measure)} />,
        share: percent(total.share),
      }))}
    />
  );
}
