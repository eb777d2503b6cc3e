import { fits, useAnswer, useSources } from '../api/queries';
import type { Row } from '../api/types';
import { Link } from '../app/Link';
import { EXPLAIN, monthText } from '../explain/questions';
import { factsOf } from '../explore/groupColumns';
import { filterFor } from '../explore/questions';
import { change } from '../format/change';
import { halfOpen } from '../format/dates';
import { absolute, compare, isZero } from '../format/decimal';
import { shortened } from '../format/format';
import { fullName, groupOf, nameOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import { type CostQuery, printQuery } from '../query/query';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { type Month, movers, RUNNING, slow } from './questions';

const SHOWN = 7;
const NAME_MOST = 40;
const ROW = 42; // pixels

/** What moved most against the same days before, up or down. */
export function Movers({ query, month }: { query: CostQuery; month: Month }) {
  const sources = useSources();
  const late = slow(month, sources.data?.sources);
  const asked = movers(query, month, sources.data?.sources);
  const answer = useAnswer(asked, !sources.isPending);
  const measure = asked.measures[0] ?? '';
  const note = answer.data?.compare?.start ? `vs ${halfOpen(answer.data.compare)}` : '';
  return (
    <Panel
      title={`What moved ${month === RUNNING ? 'this month' : `in ${month.label}`}`}
      note={note}
      busy={answer.isPlaceholderData}
      tools={
        <Link id="explain-change" path={EXPLAIN} text={monthText(asked)} className="button quiet">
          Explain
        </Link>
      }
    >
      {answer.error && !answer.data ? (
        <Failure error={answer.error} what="The list" retry={() => answer.refetch()} />
      ) : fits(answer.data, [measure]) ? (
        <List
          rows={largest(answer.data.rows, measure)}
          measure={measure}
          query={narrowed(asked, answer.data)}
          compared={answer.data.totals.some((total) => (total[`previous_${measure}`] ?? null) !== null)}
        />
      ) : (
        <Skeleton height={SHOWN * ROW} />
      )}
      {late.length > 0 && (
        <p className="table-note">
          {late.map(({ label }) => label).join(', ')} {late.length === 1 ? 'reports' : 'report'} monthly and will show
          when the month is there.
        </p>
      )}
    </Panel>
  );
}

function largest(rows: readonly Row[], measure: string): Row[] {
  const size = (row: Row) => absolute(row[`change_${measure}`] ?? '0');
  return rows
    .filter((row) => !isZero(row[`change_${measure}`] ?? '0'))
    .sort((a, b) => compare(size(b), size(a)))
    .slice(0, SHOWN);
}

interface ListProps {
  rows: Row[];
  measure: string;
  query: CostQuery; // over the days of the rows
  compared: boolean; // whether there is anything before
}

function List({ rows, measure, query, compared }: ListProps) {
  if (!compared) return <Empty title="Nothing to compare with">There is no cost in the days before.</Empty>;
  if (rows.length === 0) return <Empty title="Nothing moved">The same as the days before.</Empty>;
  return (
    <ol className="movers">
      {rows.map((row) => {
        const said = change(factsOf(row, measure));
        const where = [
          ...query.where,
          filterFor('team', groupOf(row, 'team')),
          filterFor('service', groupOf(row, 'service')),
        ];
        return (
          <li key={`${row.team} ${row.service} ${row.currency}`}>
            <Link row path="/explore" text={printQuery({ ...query, by: ['resource'], where })} className="mover">
              <span className="mover-name">
                {nameOf(row, 'service')}
                <span className="mover-team" title={fullName(row, 'team')}>
                  {shortened(nameOf(row, 'team'), NAME_MOST)}
                </span>
              </span>
              <span className={`num change ${said?.direction ?? ''}`}>
                {said?.direction === 'up' ? '▲ ' : said?.direction === 'down' ? '▼ ' : ''}
                {said?.amount}
              </span>
              <span className="num mover-note muted">{said?.note}</span>
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
