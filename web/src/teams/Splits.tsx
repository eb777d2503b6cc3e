import { useCatalogue } from '../api/queries';
import { filterFor } from '../explore/questions';
import { groupOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import type { CostQuery } from '../query/query';
import { ExportMenu } from '../table/ExportMenu';
import { Panel } from '../ui/States';
import { grouped, linesText } from './questions';
import { SliceTable } from './SliceTable';

const SPLITS = [
  { dimension: 'allocation', title: 'Direct and shared' },
  { dimension: 'environment', title: 'Environments' },
];

/** The team's cost cut in two ways: what is its own against what was shared out to it, and by environment. */
export function Splits({ about }: { about: CostQuery }) {
  const known = useCatalogue().data?.dimensions.map(({ name }) => name) ?? [];
  return (
    <div className="halves">
      {SPLITS.filter(({ dimension }) => known.includes(dimension)).map(({ dimension, title }) => {
        const asked = grouped(about, dimension);
        return (
          <Panel key={dimension} title={title} tools={<ExportMenu query={asked} />}>
            <SliceTable
              asked={asked}
              caption={title}
              brief
              empty="No cost in these days"
              to={(row, answer) => ({
                path: '/explore',
                text: linesText(narrowed(about, answer), [filterFor(dimension, groupOf(row, dimension))], 'service'),
              })}
            />
          </Panel>
        );
      })}
    </div>
  );
}
