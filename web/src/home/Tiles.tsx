import type { ReactNode } from 'react';
import { useAnswer, useSources } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { Link } from '../app/Link';
import { factsOf } from '../explore/groupColumns';
import { change } from '../format/change';
import { halfOpen, shortDay, today } from '../format/dates';
import { compact, exact, percent } from '../format/format';
import { NONE } from '../query/escape';
import { narrowed } from '../query/narrowed';
import { type CostQuery, printQuery } from '../query/query';
import { lastWeek, type Month, monthSoFar, RUNNING, teams } from './questions';

/** Four figures that open into what they are made of. */
export function Tiles({ query, month: shown }: { query: CostQuery; month: Month }) {
  const month = useAnswer(monthSoFar(query, shown));
  const week = useAnswer(lastWeek(query), shown.running);
  const owners = useAnswer(teams(query, shown));
  const measure = query.measures[0] ?? 'effective_cost';
  const unowned = {
    ...narrowed(monthSoFar(query, shown), owners.data),
    where: [...query.where, { dimension: 'team', negated: false, values: [NONE] }],
    by: ['service'],
  };
  return (
    <div className="tiles">
      <MoneyTile
        title={sentence(shown.label)}
        answer={month.data}
        failed={month.error}
        measure={measure}
        text={printQuery({ ...monthSoFar(query, shown), by: ['team'] })}
      />
      {shown.running && (
        <MoneyTile
          title="Last week"
          answer={week.data}
          failed={week.error}
          measure={measure}
          text={printQuery({ ...lastWeek(query), by: ['team'] })}
        />
      )}
      <Tile
        title={`Unallocated, ${shown === RUNNING ? 'this month' : shown.label}`}
        text={printQuery(unowned)}
        failed={owners.error}
      >
        {owners.data && <Unallocated answer={owners.data} measure={measure} />}
      </Tile>
      <FreshTile />
    </div>
  );
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface TileProps {
  title: string;
  path?: string;
  text?: string;
  failed?: Error | null;
  children: ReactNode;
}

function Tile({ title, path = '/explore', text = '', failed, children }: TileProps) {
  return (
    <Link path={path} text={text} className="tile">
      <span className="tile-title">{title}</span>
      {children ? children : <span className="tile-figure">{failed ? '–' : '\u00a0'}</span>}
      {failed && !children && <span className="tile-note bad-text">{failed.message}</span>}
    </Link>
  );
}

interface MoneyTileProps {
  title: string;
  answer: Answer | undefined;
  failed: Error | null;
  measure: string;
  text: string;
}

export function MoneyTile({ title, answer, failed, measure, text }: MoneyTileProps) {
  return (
    <Tile title={title} text={text} failed={failed}>
      {answer && (
        <>
          {answer.totals.map((total) => (
            <Figure key={total.currency} total={total} measure={measure} />
          ))}
          {answer.totals.length === 0 && <span className="tile-figure">–</span>}
          <span className="tile-note">
            {halfOpen(answer.period)}
            {answer.compare?.start && ` vs ${halfOpen(answer.compare)}`}
          </span>
        </>
      )}
    </Tile>
  );
}

function Figure({ total, measure }: { total: Row; measure: string }) {
  const said = change(factsOf(total, measure));
  return (
    <span className="tile-figure">
      <data value={total[measure] ?? ''} title={`${exact(total[measure])} ${total.currency}`}>
        {compact(total[measure])}
      </data>{' '}
      <span className="unit">{total.currency}</span>
      {said && (
        <span className={`change ${said.direction}`}>
          {said.direction === 'up' ? '▲' : said.direction === 'down' ? '▼' : ''} {said.note || said.amount}
        </span>
      )}
    </span>
  );
}

function Unallocated({ answer, measure }: { answer: Answer; measure: string }) {
  const rows = answer.rows.filter((row) => row.team === null);
  if (rows.length === 0) {
    return (
      <>
        <span className="tile-figure">None</span>
        <span className="tile-note">Every line has an owner</span>
      </>
    );
  }
  return (
    <>
      {rows.map((row) => (
        <span key={row.currency} className="tile-figure">
          {percent(row.share)}
        </span>
      ))}
      <span className="tile-note">
        {rows.map((row) => `${compact(row[measure])} ${row.currency}`).join(' · ')}, by rules v{answer.rules_version}
      </span>
    </>
  );
}

function FreshTile() {
  const { data, error } = useSources();
  const sources = data?.sources ?? [];
  const late = sources.filter((source) => source.late);
  const days = sources
    .filter((source) => source.grain === 'daily' && !source.late && source.active)
    .flatMap((source) => source.data_to ?? []);
  const newest = sources
    .flatMap((source) => source.data_to ?? [])
    .sort()
    .at(-1);
  const day = days.sort()[0] ?? newest;
  return (
    <Tile title="Data reaches" path="/data" failed={error}>
      {data && (
        <>
          <span className="tile-figure">{day ? shortDay(day, day.slice(0, 4) !== today().slice(0, 4)) : '–'}</span>
          <span className={late.length ? 'tile-note warn-text' : 'tile-note'}>
            {late.length ? `${late.map((source) => source.label).join(', ')} late` : 'every daily source is in time'}
          </span>
        </>
      )}
    </Tile>
  );
}
