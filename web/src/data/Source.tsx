import { useParams } from '@tanstack/react-router';
import { useSources } from '../api/queries';
import { Link } from '../app/Link';
import { Empty, Failure, Skeleton } from '../ui/States';
import { LoadDrawer } from './LoadDrawer';
import { RemoveSource } from './RemoveSource';
import { Restatements } from './Restatements';
import { SourceColumns } from './SourceColumns';
import { SourceMonths } from './SourceMonths';
import { SourceRuns } from './SourceRuns';
import { SourceSettings } from './SourceSettings';
import { SourceSpending } from './SourceSpending';
import { SourceState } from './SourceState';

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
