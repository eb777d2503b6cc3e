import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { CopyText } from '../explain/CopyText';
import { halfOpen } from '../format/dates';
import { NONE } from '../query/escape';
import { narrowed } from '../query/narrowed';
import { type CostQuery, DEFAULTS, printQuery } from '../query/query';
import { MoneyCell, ShareCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { ExportMenu, FileMenu } from '../table/ExportMenu';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { useCoverage, useVariants, variantsText } from './ask';
import { CampaignsPanel } from './tags/Campaigns';
import { CompliancePanel } from './tags/Compliance';
import { parseTagPlace } from './tags/place';

interface KeyRow {
  key: string;
  providers: string[];
  currency: string;
  covered: string;
  uncovered: string;
  percent: string | null;
  uncovered_a_month: string;
}

/** What each tag key covers, what fixing it would unlock, and spellings that probably mean the same. */
export function TagsTab() {
  const { query, view } = useAddress();
  const coverage = useCoverage(query, DEFAULTS);
  const rows: KeyRow[] = (coverage.data?.keys ?? []).flatMap(({ key, providers, money }) =>
    money.map((one) => ({ key, providers, ...one })),
  );
  const place = parseTagPlace(view.sel);
  return (
    <>
      <CompliancePanel place={place} />
      <CampaignsPanel place={place} />
      <Panel
        title="What tags cover"
        note={coverage.data && halfOpen(coverage.data.period)}
        tools={<FileMenu of="tags/coverage" text={printQuery(query)} />}
      >
        {coverage.error && !coverage.data ? (
          <Failure error={coverage.error} what="The tags" retry={() => coverage.refetch()} />
        ) : !coverage.data ? (
          <Skeleton lines={8} />
        ) : rows.length === 0 ? (
          <Empty title="No tags on any line of these days" />
        ) : (
          <DataTable
            caption="What tags cover"
            columns={columnsOf(narrowed(only(query), coverage.data))}
            rows={rows}
            rowKey={(row) => `${row.key}\u0000${row.currency}`}
            textOf={(row) => row.key}
            note={coverage.data.more ? 'the fifty that cover most' : 'credits count with their sign'}
          />
        )}
      </Panel>
      <Variants query={query} tag={place.kind === 'key' ? place.key : ''} />
    </>
  );
}

/** What coverage understands of the reader's question. */
function only({ measures, period, where, basis, currency }: CostQuery): CostQuery {
  return { ...DEFAULTS, measures: measures.slice(0, 1), period, where, basis, currency };
}

function columnsOf(own: CostQuery): TableColumn<KeyRow>[] {
  const uncovered = (key: string) =>
    printQuery({
      ...own,
      by: ['resource'],
      where: [...own.where, { dimension: `tag.${key}`, negated: false, values: [NONE] }],
    });
  return [
    {
      id: 'key',
      header: 'Key',
      cell: ({ key }) => (
        <Link row path="/explore" text={printQuery({ ...own, by: [`tag.${key}`] })} className="name-link">
          {key}
        </Link>
      ),
    },
    {
      id: 'percent',
      header: 'Covered',
      numeric: true,
      narrow: true,
      cell: ({ percent }) => <ShareCell share={percent} />,
    },
    { id: 'covered', header: 'Cost with it', numeric: true, cell: ({ covered }) => <MoneyCell amount={covered} /> },
    {
      id: 'uncovered',
      header: 'Cost without it',
      numeric: true,
      cell: ({ key, uncovered: amount }) => (
        <Link path="/explore" text={uncovered(key)} className="why-link" title={`What has no ${key}`}>
          <MoneyCell amount={amount} />
        </Link>
      ),
    },
    {
      id: 'month',
      header: 'Unlocks a month',
      numeric: true,
      narrow: true,
      cell: ({ uncovered_a_month: amount, currency }) => (
        <>
          <MoneyCell amount={amount} /> {currency}
        </>
      ),
    },
    { id: 'providers', header: 'Used by', cell: ({ providers }) => providers.join(', ') },
    {
      id: 'fix',
      header: 'Spellings',
      cell: ({ key }) => (
        <Link path="/attribution" text={`tab=tags&sel=${encodeURIComponent(key)}`} title={`Spellings of ${key}`}>
          look
        </Link>
      ),
    },
    {
      id: 'list',
      header: 'To fix',
      cell: ({ key }) => (
        <ExportMenu
          name={`what has no ${key}`}
          query={{
            ...own,
            by: ['resource'],
            where: [...own.where, { dimension: `tag.${key}`, negated: false, values: [NONE] }],
          }}
        />
      ),
    },
  ];
}

/** Spellings of keys and values that would merge, and the rules that merge them. */
function Variants({ query, tag }: { query: CostQuery; tag: string }) {
  const found = useVariants(query, DEFAULTS, tag);
  return (
    <Panel
      title={tag ? `Spellings of ${tag}` : 'Spellings that probably mean the same'}
      tools={
        <>
          {tag && (
            <Link path="/attribution" text="tab=tags" className="button quiet">
              Of every key
            </Link>
          )}
          {found.data && <CopyText text={found.data.suggestion} />}
          <FileMenu of="tags/variants" text={variantsText(query, DEFAULTS, tag)} />
        </>
      }
    >
      {found.error && !found.data ? (
        <Failure error={found.error} what="The spellings" retry={() => found.refetch()} />
      ) : !found.data ? (
        <Skeleton lines={4} />
      ) : found.data.variants.length === 0 ? (
        <Empty title="No two spellings that would merge">None differ by case, blanks, _ or - alone.</Empty>
      ) : (
        <>
          <ul className="coverage">
            {found.data.variants.map((variant) => (
              <li key={`${variant.kind} ${variant.key} ${variant.spellings[0]?.text}`}>
                {variant.key && <strong>{variant.key}: </strong>}
                {variant.spellings.map((spelling, at) => (
                  <span key={spelling.text}>
                    {at > 0 && ', '}
                    {spelling.text}{' '}
                    <span className="muted small">
                      {Object.entries(spelling.money).map(([currency, amount]) => (
                        <span key={currency}>
                          <MoneyCell amount={amount} /> {currency}
                        </span>
                      ))}
                    </span>
                  </span>
                ))}
              </li>
            ))}
          </ul>
          <h3>What merges them, for rules.yaml</h3>
          <pre className="diff">{found.data.suggestion}</pre>
        </>
      )}
    </Panel>
  );
}
