import { useParams } from '@tanstack/react-router';
import { useSources } from '../api/queries';
import { Link } from '../app/Link';
import type { Page } from '../app/pages';
import { LoadDrawer } from '../data/LoadDrawer';
import { RemoveSource } from '../data/RemoveSource';
import { Restatements } from '../data/Restatements';
import { SourceColumns } from '../data/SourceColumns';
import { SourceMonths } from '../data/SourceMonths';
import { SourceRuns } from '../data/SourceRuns';
import { SourceSettings } from '../data/SourceSettings';
import { SourceSpending } from '../data/SourceSpending';
import { SourceState } from '../data/SourceState';
import { Empty, Failure, Skeleton } from '../ui/States';

export const page: Page = {
  path: '/data/source/$source',
  label: 'Source',
  icon: 'data',
  order: 93,
  key: '',
  scope: 'none',
  hidden: true,
};

/** One source: how it is, its months, its runs, its cost, its columns, its settings, and taking it away. */
export default function SourcePage() {
  const { source: name } = useParams({ strict: false }) as { source?: string };
  const sources = useSources();
  const source = sources.data?.sources.find((one) => one.source === name);
  if (sources.error && !sources.data)
    return <Failure error={sources.error} what="The source" retry={() => sources.refetch()} />;
  if (!sources.data) return <Skeleton lines={12} />;
  if (!source)
    return (
      <Empty
        title="There is no such source"
        action={
          <Link path="/data" className="button">
            All sources
          </Link>
        }
      >
        It was erased, or never connected.
      </Empty>
    );
  return (
    <div className="stack">
      <p className="back">
        <Link path="/data">All sources</Link>
      </p>
      <SourceState source={source} />
      <SourceMonths source={source.source} />
      {source.collector && <SourceRuns source={source.source} runs={source.collector.runs} />}
      <Restatements source={source.source} />
      {source.collector && <SourceSpending source={source.source} />}
      <SourceColumns source={source.source} />
      <SourceSettings source={source} />
      <RemoveSource source={source} />
      <LoadDrawer />
    </div>
  );
}
