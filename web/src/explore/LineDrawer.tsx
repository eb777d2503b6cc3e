import { ApiError } from '../api/client';
import { useLine } from '../api/queries';
import type { LineDetail } from '../api/types';
import { useAddress } from '../app/address';
import { FaultBar } from '../app/FaultBar';
import { LineWhy } from '../explain/LineWhy';
import { monthName } from '../format/dates';
import { exact, exactQuantity } from '../format/format';
import { around } from '../notes/happening';
import { NearNotes } from '../notes/NearNotes';
import { keyOf } from '../query/group';
import type { Filter } from '../query/query';
import { Drawer } from '../ui/Drawer';
import { Failure, Skeleton } from '../ui/States';
import { filterFor } from './questions';

const COSTS = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'];
const GONE = [400, 404, 422]; // lines get new ids when their month is loaded again

/** One bill line: whose it is and why, what it says, and the file and row it came from. */
export default function LineDrawer() {
  const { view, go } = useAddress();
  const line = useLine(view.sel);
  if (line.error instanceof ApiError && GONE.includes(line.error.problem.status))
    return <FaultBar faults={[{ word: 'sel', value: view.sel, nearest: null, fellBack: '' }]} />;
  return (
    <Drawer title="Bill line" onClose={() => go({ view: { sel: '' } })}>
      {line.error ? (
        <Failure error={line.error} what="This line" retry={() => line.refetch()} />
      ) : line.data ? (
        <LineFacts line={line.data} />
      ) : (
        <Skeleton lines={12} />
      )}
    </Drawer>
  );
}

function LineFacts({ line }: { line: LineDetail }) {
  const { focus } = line;
  const currency = String(focus.BillingCurrency ?? '');
  const tags = Object.entries(line.tags);
  const chargedOn = focus.ChargePeriodStart
    ? around(String(focus.ChargePeriodStart), String(focus.ChargePeriodStart))
    : null;
  return (
    <>
      <p className="drawer-lead">{String(focus.ChargeDescription ?? focus.ServiceName ?? line.id)}</p>
      <dl className="figures">
        {COSTS.filter((name) => focus[name] != null).map((name) => (
          <div key={name}>
            <dt>{name.replace('Cost', ' cost')}</dt>
            <dd className="num">
              {exact(String(focus[name]))} {currency}
            </dd>
          </div>
        ))}
      </dl>
      <h3>Whose it is</h3>
      <LineWhy line={line} />
      {chargedOn && (
        <>
          <h3>What happened then</h3>
          <NearNotes days={chargedOn} where={scopeOfLine(line)} />
        </>
      )}
      <h3>Where it came from</h3>
      <p className="origin">
        {line.origin.generated
          ? `Made by Outlay: ${line.origin.generated}.`
          : `Row ${line.origin.row ?? '?'} of ${line.origin.name ?? 'a file whose name is not kept'}`}
        <br />
        <span className="muted">
          Source {line.source}, {monthName(line.period)}, generation {line.generation}
          {line.origin.digest && <span className="digest"> · SHA-256 {line.origin.digest}</span>}
        </span>
      </p>
      {tags.length > 0 && (
        <>
          <h3>Tags</h3>
          <Facts facts={tags} />
        </>
      )}
      <h3>As FOCUS says it</h3>
      <Facts
        facts={Object.entries(focus).filter(
          ([name, value]) => value !== null && name !== 'Tags' && !COSTS.includes(name),
        )}
      />
      {Object.keys(line.native).length > 0 && (
        <>
          <h3>As the provider wrote it</h3>
          <Facts facts={Object.entries(line.native).filter(([, value]) => value !== null)} />
        </>
      )}
    </>
  );
}

const SCOPE: readonly [dimension: string, column: string][] = [
  ['service', 'ServiceName'],
  ['sub_account', 'SubAccountId'],
  ['region', 'RegionId'],
  ['resource', 'ResourceId'],
];

/** What a note must not be held apart from to be about this line. */
function scopeOfLine({ focus, owner }: LineDetail): Filter[] {
  const named = SCOPE.map(([dimension, column]): [string, unknown] => [dimension, focus[column]]);
  const owned = Object.entries(owner).filter(([dimension]) => dimension === 'team');
  return [...named, ...owned].flatMap(([dimension, value]) =>
    value == null ? [] : [filterFor(dimension, keyOf(String(value)))],
  );
}

function Facts({ facts }: { facts: [string, unknown][] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{said(name, value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function said(name: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  const text = String(value);
  if (/(Cost|UnitPrice)$/.test(name)) return exact(text);
  return name.endsWith('Quantity') ? exactQuantity(text) : text;
}
