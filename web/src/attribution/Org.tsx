import type * as schema from '../api/schema';
import { useAddress } from '../app/address';
import { Called } from '../app/Called';
import { Link } from '../app/Link';
import { filterFor } from '../explore/questions';
import { isZero } from '../format/decimal';
import { groupLabel, keyOf } from '../query/group';
import { periodLabel } from '../query/period';
import { DEFAULTS, printQuery } from '../query/query';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { teamPath } from '../teams/questions';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { useEntities } from './ask';
import { BringCatalogue } from './BringCatalogue';
import { CatalogueImport } from './CatalogueImport';
import { Costs } from './Costs';
import { OrgTree } from './OrgTree';
import type { Draft } from './useDraft';

type Entity = schema.EntityCost;

/** The organisation's own catalogue against the cost: entities with it, without it, and cost of what nobody listed. */
export function OrgTab({ draft }: { draft: Draft }) {
  const { query } = useAddress();
  const found = useEntities(query.period);
  if (found.error && !found.data)
    return <Failure error={found.error} what="The catalogue" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={8} />;
  const { entities, unknown, period } = found.data;
  const costly = entities.filter(hasCost);
  const idle = entities.filter((entity) => !hasCost(entity));
  if (entities.length === 0)
    return (
      <>
        <OrgTree draft={draft} />
        <CatalogueImport />
        <Empty title="No catalogue of your own is known" action={<BringCatalogue />}>
          Applications and systems get their owners from it. Choose its files here, or have it read from Backstage on a
          schedule: name it in <code>outlay.yaml</code>.
        </Empty>
      </>
    );
  return (
    <>
      <OrgTree draft={draft} />
      <CatalogueImport />
      <Panel
        title="Entities with cost"
        note={periodLabel(period)}
        tools={<FileMenu of="entities" text={`period=${encodeURIComponent(query.period)}`} />}
      >
        {costly.length === 0 ? (
          <Empty title="None of them has cost in these days" />
        ) : (
          <EntityTable caption="Entities with cost" rows={costly} period={period} />
        )}
      </Panel>
      <Panel
        title="Entities without cost"
        note={periodLabel(period)}
        tools={<FileMenu of="entities" text={`period=${encodeURIComponent(query.period)}`} />}
      >
        {idle.length === 0 ? (
          <p className="muted">Every entity has cost.</p>
        ) : (
          <EntityTable caption="Entities without cost" rows={idle} period={period} />
        )}
      </Panel>
      <Panel
        title="Cost of applications that nobody listed"
        note={periodLabel(period)}
        tools={<FileMenu of="entities/unknown" text={`period=${encodeURIComponent(query.period)}`} />}
      >
        {unknown.length === 0 ? (
          <p className="muted">Every application with cost is in the catalogue.</p>
        ) : (
          <DataTable
            caption="Applications that nobody listed"
            columns={unknownColumns(period)}
            rows={unknown}
            rowKey={({ application }) => keyOf(application)}
          />
        )}
      </Panel>
    </>
  );
}

export function hasCost({ cost }: Pick<Entity, 'cost'>): boolean {
  return cost.some(({ effective_cost }) => !isZero(effective_cost));
}

function byName(dimension: string, name: string | null, period: string): string {
  const where = [filterFor(dimension, keyOf(name))];
  return printQuery({ ...DEFAULTS, period, by: ['service'], where });
}

function EntityTable({ caption, rows, period }: { caption: string; rows: readonly Entity[]; period: string }) {
  const columns: TableColumn<Entity>[] = [
    {
      id: 'name',
      header: 'Entity',
      cell: (row) => (
        <Link
          row
          path="/explore"
          text={byName(row.kind === 'system' ? 'system' : 'application', row.name, period)}
          className="name-link"
          title={row.ref}
        >
          {row.title ?? row.name}
        </Link>
      ),
    },
    { id: 'kind', header: 'Kind', cell: ({ kind }) => kind },
    {
      id: 'system',
      header: 'System',
      cell: ({ system }) => (system ? <Called dimension="system" value={system} /> : '–'),
    },
    {
      id: 'owner',
      header: 'Owner',
      narrow: true,
      cell: ({ owner, owner_known }) =>
        owner === null ? (
          '–'
        ) : owner_known ? (
          <Link path={teamPath(owner)}>
            <Called value={owner} />
          </Link>
        ) : (
          <>
            {owner} <span className="badge warn">no such team</span>
          </>
        ),
    },
    { id: 'cost', header: 'Effective cost', numeric: true, narrow: true, cell: ({ cost }) => <Costs cost={cost} /> },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={({ ref }) => ref}
      textOf={({ name, title }) => `${title ?? ''} ${name}`}
    />
  );
}

function unknownColumns(period: string): TableColumn<schema.ApplicationCost>[] {
  return [
    {
      id: 'application',
      header: 'Application',
      cell: ({ application }) => (
        <Link row path="/explore" text={byName('application', application, period)} className="name-link">
          {groupLabel(keyOf(application), 'application')}
        </Link>
      ),
    },
    { id: 'cost', header: 'Effective cost', numeric: true, narrow: true, cell: ({ cost }) => <Costs cost={cost} /> },
  ];
}
