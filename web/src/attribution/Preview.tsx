import { type ReactNode, useState } from 'react';
import { Called, OwnNames } from '../app/Called';
import { monthName } from '../format/dates';
import { count, money, percent } from '../format/format';
import { DataTable, type TableColumn } from '../table/DataTable';
import { DraftMenu } from '../table/ExportMenu';
import type { Texts } from '../teams/named';
import { Empty, Panel } from '../ui/States';
import type { Preview } from './ask';
import { type Cell, MoveMatrix } from './Matrix';
import { Moved, MoveHead } from './Moved';

/** What publishing a draft would do, over the last 13 billing periods: nothing of it is done yet. */
export function PreviewPanels({ found, texts }: { found: Preview; texts: Texts }) {
  const [cell, setCell] = useState<Cell | null>(null);
  const body = { ...texts, dimension: found.dimension };
  const file = (table: string, name?: string) => (
    <DraftMenu path={`/rules/preview/${table}`} body={body} {...(name && { name })} />
  );
  const months = found.periods;
  const span = months.length ? `${monthName(months[0] ?? '')} – ${monthName(months.at(-1) ?? '')}` : '';
  const currencies = [...new Set(found.movement.map(({ currency }) => currency))];
  const closed = found.by_month.some(({ would_be }) => would_be);
  return (
    <OwnNames value={{ team: found.names }}>
      <Panel title="What it would move" note={span}>
        <Coverage found={found} />
        {found.movement.length === 0 ? (
          <Empty title="No cost gets another owner" />
        ) : (
          <>
            <MoveHead table="movement" name="From owner to owner" file={file} />
            {currencies.map((currency) => (
              <MoveMatrix key={currency} currency={currency} moves={found.movement} cell={cell} onCell={setCell} />
            ))}
            <Moved found={found} cell={cell} onAll={() => setCell(null)} file={file} />
            {closed && (
              <p className="table-note">Months that are closed are shown as they would be; they do not change.</p>
            )}
          </>
        )}
      </Panel>
      {found.assertions.length > 0 && <Assertions found={found} file={file('assertions')} />}
      <Standings found={found} file={file('rules')} />
    </OwnNames>
  );
}

export function Coverage({ found }: { found: Preview }) {
  return (
    <>
      <p>
        {count(found.moved_lines)} {found.moved_lines === 1 ? 'line gets' : 'lines get'} another owner.{' '}
        {found.shared_lines > 0 &&
          `${count(found.shared_lines)} ${found.shared_lines === 1 ? 'line keeps its owner' : 'lines keep their owner'} and would be shared. `}
        {found.newly_unallocated.map((move) => (
          <span key={`${move.was} ${move.currency}`} className="warn-text">
            {money(move.amount)} {move.currency} of <Called value={move.was} /> would have none.{' '}
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

interface PartProps {
  found: Preview;
  file: ReactNode;
}

function Assertions({ found, file }: PartProps) {
  return (
    <Panel title="Assertions" note={found.passed ? 'all hold' : 'some do not hold'} tools={file}>
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
function Standings({ found, file }: PartProps) {
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
    <Panel title="Rules that do nothing, or less than they say" tools={file}>
      <DataTable
        caption="Rules that do nothing, or less than they say"
        columns={columns}
        rows={found.rules}
        rowKey={(row) => `${row.dimension} ${row.rule}`}
      />
    </Panel>
  );
}
