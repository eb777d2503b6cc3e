import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { monthName } from '../format/dates';
import { count, money, percent } from '../format/format';
import { keyOf } from '../query/group';
import { DEFAULTS, printQuery } from '../query/query';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { Empty, Panel } from '../ui/States';
import type { Preview } from './ask';
import { MoveMatrix, ownerName } from './Matrix';

/** What publishing a draft would do, over the last 13 billing periods: nothing of it is done yet. */
export function PreviewPanels({ found }: { found: Preview }) {
  const months = found.periods;
  const span = months.length ? `${monthName(months[0] ?? '')} – ${monthName(months.at(-1) ?? '')}` : '';
  const currencies = [...new Set(found.movement.map(({ currency }) => currency))];
  const closed = found.by_month.some(({ would_be }) => would_be);
  return (
    <>
      <Panel title="What it would move" note={span}>
        <Coverage found={found} />
        {found.movement.length === 0 ? (
          <Empty title="No cost gets another owner" />
        ) : (
          <>
            {currencies.map((currency) => (
              <MoveMatrix key={currency} currency={currency} moves={found.movement} />
            ))}
            <MovedServices found={found} />
            {closed && (
              <p className="table-note">Months that are closed are shown as they would be; they do not change.</p>
            )}
          </>
        )}
      </Panel>
      {found.assertions.length > 0 && <Assertions found={found} />}
      <Standings found={found} />
    </>
  );
}

export function Coverage({ found }: { found: Preview }) {
  return (
    <>
      <p>
        {count(found.moved_lines)} {found.moved_lines === 1 ? 'line gets' : 'lines get'} another owner.{' '}
        {found.newly_unallocated.map((move) => (
          <span key={`${move.was} ${move.currency}`} className="warn-text">
            {money(move.amount)} {move.currency} of {ownerName(move.was)} would have none.{' '}
          </span>
        ))}
      </p>
      <ul className="coverage">
        {found.coverage.map((one) => (
          <li key={one.currency}>
            Owned: {percent(one.before)} → <strong>{percent(one.after)}</strong> · unallocated{' '}
            {money(one.unallocated_before)} → <strong>{money(one.unallocated_after)}</strong> {one.currency}
          </li>
        ))}
      </ul>
    </>
  );
}

type ServiceMove = Preview['by_service'][number];

/** The same money by service; a row leads to the cost as it is owned now. */
function MovedServices({ found }: { found: Preview }) {
  const columns: TableColumn<ServiceMove>[] = [
    {
      id: 'service',
      header: 'Service',
      cell: (row) => (
        <Link row path="/explore" text={movedText(row)} className="name-link">
          {row.service ?? 'None'}
        </Link>
      ),
    },
    { id: 'was', header: 'From', narrow: true, cell: (row) => ownerName(row.was) },
    { id: 'becomes', header: 'To', narrow: true, cell: (row) => ownerName(row.becomes) },
    { id: 'lines', header: 'Lines', numeric: true, cell: (row) => count(row.lines) },
    {
      id: 'amount',
      header: 'Effective cost',
      numeric: true,
      cell: (row) => (
        <>
          <MoneyCell amount={row.amount} /> {row.currency}
        </>
      ),
    },
  ];
  return (
    <DataTable
      caption="What moves, by service"
      columns={columns}
      rows={found.by_service}
      rowKey={(row) => [row.service, row.was, row.becomes, row.currency].join('\u0000')}
    />
  );
}

function movedText({ service, was }: ServiceMove): string {
  const where = [filterFor('team', keyOf(was)), filterFor('service', keyOf(service))];
  return `${printQuery({ ...DEFAULTS, period: 'last_12_months', by: ['resource'], where })}&tab=lines`;
}

function Assertions({ found }: { found: Preview }) {
  return (
    <Panel title="Assertions" note={found.passed ? 'all hold' : 'some do not hold'}>
      <ul className="coverage">
        {found.assertions.map((one) => (
          <li key={`${one.line} ${one.assertion}`} className={one.passed ? '' : 'bad-text'}>
            {one.passed ? '✔' : '✖'} line {count(one.line)}: {one.assertion} · found {one.found}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type Standing = Preview['rules'][number];

const SAID: Record<Standing['state'], string> = {
  used: 'decides cost',
  overlapping: 'answers somewhere, and elsewhere another rule does before it',
  shadowed: 'others answer wherever it would',
  dead: 'matches, but has no day with cost',
  never: 'matches nothing',
  unused: 'decided nothing before either',
};

/** Rules that do nothing, or less than they say. */
function Standings({ found }: { found: Preview }) {
  if (found.rules.length === 0) return null;
  const columns: TableColumn<Standing>[] = [
    { id: 'rule', header: 'Rule', cell: (row) => row.rule },
    { id: 'state', header: 'State', narrow: true, cell: (row) => <span className="badge">{row.state}</span> },
    { id: 'said', header: 'Means', cell: (row) => SAID[row.state] },
    { id: 'others', header: 'Before it', cell: (row) => row.others.join(', ') || '–' },
    { id: 'dimension', header: 'Dimension', cell: (row) => row.dimension },
    { id: 'line', header: 'Line', numeric: true, narrow: true, cell: (row) => count(row.line) },
  ];
  return (
    <Panel title="Rules that do nothing, or less than they say">
      <DataTable
        caption="Rules that do nothing, or less than they say"
        columns={columns}
        rows={found.rules}
        rowKey={(row) => `${row.dimension} ${row.rule}`}
      />
    </Panel>
  );
}
