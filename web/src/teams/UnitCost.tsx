import { useState } from 'react';
import { useAnswer } from '../api/queries';
import type * as schema from '../api/schema';
import { Link } from '../app/Link';
import { AsTable } from '../chart/AsTable';
import { grainFor } from '../explore/questions';
import { known, shift, shortDay } from '../format/dates';
import { isNegative, isZero } from '../format/decimal';
import { count, percent, quantity, rate } from '../format/format';
import type { CostQuery } from '../query/query';
import { MoneyCell } from '../table/cells';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { Strip } from '../table/Sparkline';
import { Failure, Skeleton } from '../ui/States';
import { unitsText, useUnits } from './ask';
import { linesText, plain } from './questions';

type Unit = schema.UnitCost;
type Point = schema.UnitPoint;
type Grain = schema.UnitCosts['grain'];

/** What a unit of each of the team's metrics costs, and how many there were: two charts, one below the other. */
export default function UnitCost({ about, team }: { about: CostQuery; team: string }) {
  const grain = grainFor(about, known(useAnswer(plain(about)).data?.period));
  const found = useUnits(team, { ...about, grain });
  const [asTable, setAsTable] = useState(false);
  if (found.error && !found.data)
    return <Failure error={found.error} what="The unit cost" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} />;
  const { series } = found.data;
  if (series.length === 0) return <p className="muted">Nothing was counted in these days, or it cost nothing.</p>;
  return (
    <div className="stack">
      <div className="tools">
        <AsTable pressed={asTable} onPress={() => setAsTable(!asTable)} />
        <FileMenu of="costs/units" text={unitsText(team, { ...about, grain })} />
      </div>
      {series.map((one) => (
        <section key={`${one.name} ${one.currency}`} aria-label={`Unit cost: ${one.name}`} className="unit-cost">
          <h3>
            {rate(one.rate)} {one.currency} per {one.unit} <Change unit={one} />
          </h3>
          {asTable ? (
            <Table about={about} unit={one} grain={found.data.grain} />
          ) : (
            <Strips unit={one} grain={found.data.grain} />
          )}
          {one.days_without > 0 && (
            <p className="table-note">
              {count(one.days_without)} {one.days_without === 1 ? 'day has' : 'days have'} no value of {one.name}:
              neither their cost nor their units count.
            </p>
          )}
        </section>
      ))}
    </div>
  );
}

function Change({ unit: { change_percent: change, previous_rate: before, currency } }: { unit: Unit }) {
  if (change === null || before === null) return null;
  const way = isZero(change) ? 'same' : isNegative(change) ? 'down' : 'up';
  return (
    <span className={`change ${way} small`} title={`${rate(before)} ${currency} before`}>
      {way === 'same' ? '≈ same' : `${way === 'up' ? '▲ +' : '▼ '}${percent(change)}`}
    </span>
  );
}

function Strips({ unit, grain }: { unit: Unit; grain: Grain }) {
  const { points } = unit;
  const span = (said: (point: Point) => string) => {
    const [first, last] = [points[0], points[points.length - 1]];
    return first && last
      ? `${said(first)} on ${shortDay(first.first)} to ${said(last)} on ${shortDay(last.first)}`
      : '';
  };
  return (
    <>
      <p className="muted small">
        {unit.currency} per {unit.unit}, by {grain}
      </p>
      <Strip values={points.map((point) => point.rate)} said={span((point) => rate(point.rate))} />
      <p className="muted small">
        {unit.name}, by {grain}: {quantity(unit.units)}
      </p>
      <Strip values={points.map((point) => point.units)} said={span((point) => quantity(point.units))} />
    </>
  );
}

function Table({ about, unit, grain }: { about: CostQuery; unit: Unit; grain: Grain }) {
  const columns: TableColumn<Point>[] = [
    {
      id: 'first',
      header: grain === 'day' ? 'Day' : `First day of the ${grain}`,
      cell: ({ first }) => (
        <Link row path="/explore" text={linesText(plain({ ...about, period: daysOf(first, grain) }), [], 'resource')}>
          {shortDay(first)}
        </Link>
      ),
    },
    {
      id: 'rate',
      header: `${unit.currency} per ${unit.unit}`,
      numeric: true,
      narrow: true,
      cell: (point) => rate(point.rate),
    },
    { id: 'units', header: unit.name, numeric: true, narrow: true, cell: ({ units }) => quantity(units) },
    { id: 'cost', header: `Cost, ${unit.currency}`, numeric: true, cell: ({ cost }) => <MoneyCell amount={cost} /> },
  ];
  return (
    <DataTable
      caption={`Unit cost: ${unit.name}`}
      columns={columns}
      rows={unit.points}
      rowKey={({ first }) => first}
      footers={[
        { first: 'Total', rate: rate(unit.rate), units: quantity(unit.units), cost: <MoneyCell amount={unit.cost} /> },
      ]}
    />
  );
}

function daysOf(first: string, grain: Grain): string {
  if (grain === 'month') return first.slice(0, 'YYYY-MM'.length);
  return `${first}..${grain === 'day' ? first : shift(first, 6)}`;
}
