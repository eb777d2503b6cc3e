import { useLoad } from '../api/queries';
import type { LoadDetail } from '../api/types';
import { useAddress } from '../app/address';
import { lasted, moment } from '../format/dates';
import { count, exact, isZero, money } from '../format/format';
import { STAGES } from '../jobs/JobProgress';
import { RefusalDetails } from '../jobs/RefusalDetails';
import { FileMenu } from '../table/ExportMenu';
import { Drawer } from '../ui/Drawer';
import { Failure, Skeleton } from '../ui/States';
import { Fact } from './Fact';
import { LoadAgain } from './LoadAgain';
import { loadName, stateOf } from './states';

/** One load: what came, what was left out and why, and whether its totals agree with the source's own. */
export function LoadDrawer() {
  const { view, go } = useAddress();
  const load = useLoad(view.sel);
  if (!view.sel) return null;
  return (
    <Drawer title="Load" onClose={() => go({ view: { sel: '' } })}>
      {load.error ? (
        <Failure error={load.error} what="This load" retry={() => load.refetch()} />
      ) : load.data ? (
        <Facts load={load.data} />
      ) : (
        <Skeleton lines={10} />
      )}
    </Drawer>
  );
}

const LIVED = ['live', 'superseded']; // every stage is behind it

function Facts({ load }: { load: LoadDetail }) {
  const { rows } = load;
  return (
    <>
      <p className="drawer-lead">
        {loadName(load)} <span className={`badge ${stateOf(load.state).tone}`}>{stateOf(load.state).label}</span>
      </p>
      <p className="muted">
        {load.message ?? load.error?.detail} {load.action}
      </p>
      {load.error && <RefusalDetails problem={load.error} />}
      <ol className="stages" aria-label="Stages" hidden={load.steps.length === 0}>
        {STAGES.map((stage) => {
          const step = load.steps.find((item) => item.stage === stage.id);
          return (
            <li
              key={stage.id}
              className={step?.ended_at || LIVED.includes(load.state) ? 'is-past' : step ? 'is-now' : ''}
              title={step?.ended_at ? moment(step.ended_at) : ''}
            >
              {stage.label}
              {step?.ended_at && <span className="stage-time"> {lasted(step.started_at, step.ended_at)}</span>}
            </li>
          );
        })}
      </ol>
      <LoadAgain source={load.source} period={load.period} />
      <h3>Rows</h3>
      <dl className="facts">
        <Fact name="Received" value={count(rows.received)} />
        <Fact name="Mapped to a line" value={count(rows.mapped)} />
        <Fact name="Folded into others" value={count(rows.folded)} />
        <Fact name="Skipped by rule" value={count(rows.skipped)} />
        <Fact name="Rejected" value={count(rows.rejected)} />
        <Fact name="Made by Outlay" value={count(rows.generated)} />
        <Fact name="Lines stored" value={count(rows.stored)} />
        {load.left_out.map((item) => (
          <Fact key={`${item.kind} ${item.reason}`} name={`${item.kind}: ${item.reason}`} value={count(item.rows)} />
        ))}
      </dl>
      <h3 className="with-tool">
        Control totals
        {load.control.length > 0 && <FileMenu of={`loads/${encodeURIComponent(load.id)}/control`} text="" />}
      </h3>
      <ul className="control">
        {load.control.map((item) => (
          <li key={`${item.billing_account} ${item.currency} ${item.period}`}>
            <span className={`badge ${isZero(item.difference) ? 'good' : 'bad'}`}>
              {isZero(item.difference) ? '✓ agrees' : '✗ differs'}
            </span>{' '}
            {item.billing_account ?? 'all accounts'}: {item.source ?? 'the source'} says {exact(item.expected)}, stored{' '}
            {exact(item.stored)} {item.currency}
          </li>
        ))}
        {load.control.length === 0 && <li className="muted">The source gives none.</li>}
      </ul>
      {load.previous.length > 0 && (
        <p className="muted">
          Before it: {load.previous.map((total) => `${money(total.billed_cost)} ${total.currency}`).join(' · ')}.
        </p>
      )}
      <h3>Files</h3>
      <ul className="control">
        {load.files.map((file) => (
          <li key={file.digest}>
            {file.name}
            {file.rows !== null && `, ${count(file.rows)} rows`}
            {file.size_bytes !== null && `, ${count(file.size_bytes)} bytes`}
            <br />
            <span className="muted digest">SHA-256 {file.digest}</span>
          </li>
        ))}
      </ul>
      {load.warnings.map((warning) => (
        <p key={warning} className="warn-text">
          {warning}
        </p>
      ))}
    </>
  );
}
