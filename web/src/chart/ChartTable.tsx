import { bucketLabel } from '../format/dates';
import { money } from '../format/format';
import { flagsAt } from './flags';
import { StepTable } from './StepParts';
import type { ChartSpec } from './spec';

/** The same figures as text: a row per bucket, a column per group. */
export function ChartTable({ spec, title, height }: { spec: ChartSpec; title: string; height: number }) {
  if (spec.steps) return <StepTable spec={spec} steps={spec.steps} title={title} height={height} />;
  const groups = spec.series.filter((series) => series.kind !== 'total');
  const noted = (spec.flags?.length ?? 0) > 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
    <div className="table-scroll" style={{ height }} role="group" tabIndex={0} aria-label={`${title}, as table`}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="sticky">
              {spec.grain === 'day' ? 'Day' : spec.grain === 'week' ? 'Week of' : 'Month'}
            </th>
            {groups.map((series) => (
              <th key={series.key} scope="col" className="num">
                {series.label}
              </th>
            ))}
            <th scope="col" className="num">
              Total, {spec.unit}
            </th>
            {spec.previous && (
              <th scope="col" className="num">
                Before
              </th>
            )}
            {noted && <th scope="col">Noted</th>}
          </tr>
        </thead>
        <tbody>
          {spec.buckets.map((bucket, index) => (
            <tr key={bucket}>
              <th scope="row" className="sticky">
                {bucketLabel(bucket, spec.grain)} {spec.partial[index] && <span className="badge warn">partial</span>}
              </th>
              {groups.map((series) => (
                <td key={series.key} className="num">
                  {money(series.values[index])}
                </td>
              ))}
              <td className="num strong">{money(spec.totals[index])}</td>
              {spec.previous && <td className="num">{money(spec.previous[index])}</td>}
              {noted && (
                <td>
                  {flagsAt(spec.flags, index)
                    .map(({ text }) => text)
                    .join('; ')}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
