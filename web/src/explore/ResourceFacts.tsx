import { fits, useAnswer, useLine, useNewestLine } from '../api/queries';
import type { Answer, Row } from '../api/types';
import { Link } from '../app/Link';
import { LineWhy } from '../explain/LineWhy';
import { pathsQuery } from '../explain/questions';
import { pathsText } from '../explain/usePaths';
import { halfOpen, monthName } from '../format/dates';
import { exactQuantity, quantity, rate } from '../format/format';
import { groupOf, keyOf, nameOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import { type CostQuery, DEFAULTS, type Filter, printQuery } from '../query/query';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { ExportMenu, FileMenu } from '../table/ExportMenu';
import { late } from '../ui/late';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { LinesTable } from './LinesTable';
import { filterFor, measureOf } from './questions';
import { PART, ResourceDays } from './ResourceDays';

const OwnerPaths = late(() => import('../explain/OwnerPaths'), <Skeleton lines={6} />);

const FACTS = ['resource', 'resource_type', 'service', 'region', 'sub_account', 'provider'];

const PARTS = [PART, 'sku'];
const TAGS_MAX = 8;

const USUAL = 'last_90_days';

/** What is asked about one resource: the reader's measure and currency, the days of the figure that led here, or ninety. */
export function aboutResource(query: CostQuery, where: readonly Filter[]): CostQuery {
  const { measures, currency, basis } = query;
  const period = query.period === DEFAULTS.period ? USUAL : query.period;
  return { ...DEFAULTS, measures: measures.slice(0, 1), currency, basis, where: [...where], period };
}

export function ResourceFacts({ about }: { about: CostQuery }) {
  const measure = measureOf(about);
  const facts = useAnswer({ ...about, by: FACTS });
  const newest = useNewestLine(about);
  const line = useLine(newest.data ?? '');
  if (facts.error && !facts.data)
    return <Failure error={facts.error} what="The resource" retry={() => facts.refetch()} />;
  if (!fits(facts.data, ['resource', measure])) return <Skeleton lines={12} />;
  const [row] = facts.data.rows;
  if (!row)
    return (
      <Empty
        title="No cost in these days"
        action={
          <Link path="/explore" text={printQuery({ ...about, period: 'all' })}>
            Look at all that is loaded
          </Link>
        }
      >
        Nothing was billed for it, or its id is another one.
      </Empty>
    );
  const days = halfOpen(facts.data.period);
  const owned = line.data?.owner.team;
  const whose = pathsQuery(narrowed(about, facts.data));
  const scope = [
    ...about.where.filter(({ dimension }) => dimension === 'resource'),
    ...FACTS.slice(2).map((name) => filterFor(name, groupOf(row, name))),
    ...(owned ? [filterFor('team', keyOf(owned))] : []),
  ];
  return (
    <div className="stack">
      <div className="explore-head">
        <div>
          <h2 className="resource-name">{nameOf(row, 'resource')}</h2>
          <p className="muted">{[...new Set(FACTS.map((name) => nameOf(row, name)))].slice(1).join(' · ')}</p>
          {row.resource_label && <p className="muted digest">{row.resource}</p>}
        </div>
        <div className="totals">
          {facts.data.totals.map((total) => (
            <p key={total.currency} className="total-figure">
              <MoneyCell amount={total[measure]} />{' '}
              <span className="unit">
                {total.currency}, {days}
              </span>
            </p>
          ))}
          {about.period !== USUAL && (
            <Link path="/resources" text={printQuery({ ...about, period: DEFAULTS.period })}>
              Ninety days
            </Link>
          )}
          <Link path="/explore" text={printQuery({ ...about, by: PARTS })}>
            Open in Explore
          </Link>
        </div>
      </div>
      <ResourceDays about={about} scope={scope} />
      <Panel title="Charge parts" tools={<ExportMenu query={partsOf(about)} />}>
        <Parts about={about} />
      </Panel>
      <Panel title="Whose it is" note={days} tools={<FileMenu of="costs/paths" text={pathsText(whose, 'team')} />}>
        <OwnerPaths query={whose} dimension="team" bare />
        {line.data && (
          <>
            <h3>Its newest line, of {monthName(line.data.period)}</h3>
            <LineWhy line={line.data} />
          </>
        )}
      </Panel>
      {line.data && (
        <Panel title="Tags and their history" note="after the aliases of the rules">
          <Tags about={about} keys={Object.keys(line.data.tags)} raw={line.data.focus.Tags} />
        </Panel>
      )}
      <Panel title="Bill lines" tools={<ExportMenu query={about} of="lines" />}>
        <LinesTable query={about} />
      </Panel>
    </div>
  );
}

function partsOf(about: CostQuery): CostQuery {
  return { ...about, measures: [measureOf(about), 'pricing_quantity', 'effective_rate'], by: PARTS };
}

/** What is billed for it: usage beside its unit, never summed across units, with the price that resulted. */
function Parts({ about }: { about: CostQuery }) {
  const measure = measureOf(about);
  const answer = useAnswer(partsOf(about));
  if (answer.error && !answer.data)
    return <Failure error={answer.error} what="The parts" retry={() => answer.refetch()} />;
  if (!fits(answer.data, [...PARTS, measure])) return <Skeleton lines={4} />;
  const columns: TableColumn<Row>[] = [
    { id: PART, header: 'Part', cell: (row) => nameOf(row, PART) },
    { id: 'sku', header: 'SKU', cell: (row) => row.sku ?? '–' },
    {
      id: 'pricing_quantity',
      header: 'Usage',
      numeric: true,
      narrow: true,
      cell: (row) => <span title={exactQuantity(row.pricing_quantity)}>{quantity(row.pricing_quantity)}</span>,
    },
    { id: 'unit', header: 'Unit', narrow: true, cell: (row) => row.pricing_unit ?? 'no unit' },
    { id: 'effective_rate', header: 'Effective rate', numeric: true, cell: (row) => rate(row.effective_rate) },
    money(answer.data, measure),
  ];
  return (
    <DataTable
      caption="Charge parts"
      columns={columns}
      rows={answer.data.rows}
      rowKey={(row) => [...PARTS, 'pricing_unit', 'currency'].map((name) => keyOf(row[name])).join('\u0000')}
      footers={answer.data.totals.map((row) => ({
        [PART]: 'Total',
        unit: row.pricing_unit ?? '',
        pricing_quantity: quantity(row.pricing_quantity),
        [measure]: <MoneyCell amount={row[measure]} />,
      }))}
    />
  );
}

function money(answer: Answer, measure: string): TableColumn<Row> {
  const several = new Set(answer.totals.map((total) => total.currency)).size > 1;
  return {
    id: measure,
    header: several ? 'Cost' : `Cost, ${answer.totals[0]?.currency ?? ''}`,
    numeric: true,
    narrow: true,
    cell: (row) => (
      <>
        <MoneyCell amount={row[measure]} /> {several && row.currency}
      </>
    ),
  };
}

/** The values that its tags had, month by month, and as the provider writes them now. */
function Tags({ about, keys, raw }: { about: CostQuery; keys: string[]; raw: unknown }) {
  const measure = measureOf(about);
  const by = keys.slice(0, TAGS_MAX).map((key) => `tag.${key}`);
  const asked: CostQuery = { ...about, by, grain: 'month', period: 'last_12_months' };
  const answer = useAnswer(asked, by.length > 0);
  const written = Object.entries((raw ?? {}) as Record<string, string>);
  if (written.length === 0 && by.length === 0) return <p className="muted">It has no tags.</p>;
  const columns = by.map(
    (name): TableColumn<Row> => ({ id: name, header: name.slice(4), cell: (row) => nameOf(row, name) }),
  );
  return (
    <>
      {by.length > 0 && fits(answer.data, [...by, measure]) && (
        <>
          <header className="with-tool">
            <h3>By month</h3>
            <ExportMenu query={asked} name="tags by month" />
          </header>
          <DataTable
            caption="Tags by month"
            columns={[
              { id: 'month', header: 'Month', cell: (row) => monthName(row.month ?? '') },
              ...columns,
              money(answer.data, measure),
            ]}
            rows={[...answer.data.rows].reverse()}
            rowKey={(row) => ['month', 'currency', ...by].map((name) => keyOf(row[name])).join('\u0000')}
            note={keys.length > TAGS_MAX ? `the first ${TAGS_MAX} of ${keys.length} tags` : undefined}
          />
        </>
      )}
      <h3>As the provider writes them now</h3>
      <dl className="facts">
        {written.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
