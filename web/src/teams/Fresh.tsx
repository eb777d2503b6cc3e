import { useAnswer } from '../api/queries';
import type { Row } from '../api/types';
import { useDimensionLabel } from '../app/Filters';
import { filterFor } from '../explore/questions';
import { halfOpen } from '../format/dates';
import { isZero } from '../format/decimal';
import { groupOf } from '../query/group';
import { narrowed } from '../query/narrowed';
import type { CostQuery } from '../query/query';
import { ExportMenu } from '../table/ExportMenu';
import { grouped, lastSevenDays, linesText } from './questions';
import { SliceTable } from './SliceTable';

const LOOKED = ['service', 'sub_account', 'region', 'resource'];

/** What has cost in the last seven days and had none in the seven before. */
export function Fresh({ about }: { about: CostQuery }) {
  const asked = lastSevenDays(about);
  const days = useAnswer(asked).data;
  const label = useDimensionLabel();
  return (
    <>
      <p className="muted">
        {days?.compare ? `Cost in ${halfOpen(days.period)}, and none in ${halfOpen(days.compare)}.` : '\u00a0'}
      </p>
      {LOOKED.map((dimension) => (
        <section key={dimension} className="newly" aria-label={`New: ${label(dimension)}`}>
          <header className="newly-head">
            <h3>{label(dimension)}</h3>
            <ExportMenu query={grouped(asked, dimension)} name={`new: ${label(dimension)}`} />
          </header>
          <SliceTable
            asked={grouped(asked, dimension)}
            caption={`New: ${label(dimension)}`}
            empty="Nothing new"
            only={(row) => isNew(row, asked.measures[0] ?? '')}
            to={(row, answer) => ({
              path: '/explore',
              text: linesText(narrowed(asked, answer), [filterFor(dimension, groupOf(row, dimension))], dimension),
            })}
          />
        </section>
      ))}
    </>
  );
}

/** Had none before: nothing, or nothing but zero. */
export function isNew(row: Row, measure: string): boolean {
  return !isZero(row[measure] ?? '0') && isZero(row[`previous_${measure}`] ?? '0');
}
