import type { CurrencyPaths, OwnerPaths as Found } from '../api/types';
import { halfOpen } from '../format/dates';
import { count, exact, money } from '../format/format';
import type { CostQuery } from '../query/query';
import { MoneyCell, ShareCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { PathsTable } from './PathsTable';
import { usePaths } from './usePaths';

type Stage = CurrencyPaths['stages'][number];

interface OwnerPathsProps {
  query: CostQuery; // as `pathsQuery` makes it
  dimension: string;
  bare?: boolean; // inside a panel of its page
}

/** How did this cost come to its owners? Stage by stage, then path by path; the parts add up to the total. */
export default function OwnerPaths({ query, dimension, bare = false }: OwnerPathsProps) {
  const paths = usePaths(query, dimension);
  if (paths.error && !paths.data)
    return <Failure error={paths.error} what="Whose it is" retry={() => paths.refetch()} />;
  const found = paths.data;
  if (!found) return <Skeleton lines={10} />;
  return (
    <div className={paths.isPlaceholderData ? 'stack is-old' : 'stack'} aria-busy={paths.isPlaceholderData}>
      {found.currencies.length === 0 && (
        <Empty title="No cost in these days">Nothing was billed that somebody could own.</Empty>
      )}
      {found.currencies.map((part) =>
        bare ? (
          <PathsTable key={part.currency} found={found} part={part} />
        ) : (
          <Currency key={part.currency} found={found} part={part} />
        ),
      )}
      {found.warnings.map((warning) => (
        <p key={warning} className="table-note">
          {warning}
        </p>
      ))}
      <p className="table-note">
        {halfOpen(found.period)} · {found.basis === 'billing' ? 'billing periods' : 'charge days, UTC'} · rules v
        {found.rules_version}
      </p>
    </div>
  );
}

function Currency({ found, part }: { found: Found; part: CurrencyPaths }) {
  const { currency } = part;
  return (
    <>
      <Panel title={`Stage by stage, in ${currency}`} note={<Total part={part} />}>
        <DataTable
          caption={`Stages, in ${currency}`}
          columns={stageColumns(currency)}
          rows={part.stages}
          rowKey={({ stage }) => stage}
          footers={[{ label: 'Total', amount: money(part.total) }]}
        />
      </Panel>
      <Panel title={`By which path, in ${currency}`} note={`${count(part.paths_count)} in all`}>
        <PathsTable found={found} part={part} />
      </Panel>
    </>
  );
}

function Total({ part }: { part: CurrencyPaths }) {
  return (
    <span className="num" title={`${exact(part.total)} ${part.currency}`}>
      {money(part.total)} {part.currency}
    </span>
  );
}

function stageColumns(currency: string): TableColumn<Stage>[] {
  return [
    { id: 'label', header: 'Stage', cell: ({ label }) => label },
    {
      id: 'amount',
      header: `Cost, ${currency}`,
      numeric: true,
      narrow: true,
      cell: ({ amount }) => <MoneyCell amount={amount} />,
    },
    { id: 'share', header: 'Share', numeric: true, narrow: true, cell: ({ share }) => <ShareCell share={share} /> },
    { id: 'means', header: 'Means', cell: ({ stage }) => <span className="muted">{MEANS[stage]}</span> },
  ];
}

const MEANS: Record<string, string> = {
  override: 'decided for single resources or accounts',
  tag: 'read from a tag',
  inherited: 'read from a tag of its account or resource group',
  catalogue: 'listed in the catalogue',
  rule: 'by a rule about what the bill says',
  name: 'read from a name',
  default: 'what nothing else claims',
  unallocated: 'nobody has it',
  adjustment: 'a percentage on top of costs, against another team',
  pool: 'shared cost, received or given',
};
