import { useMemo, useState } from 'react';
import { DiffText } from '../attribution/DiffText';
import { type Cell, MoveMatrix } from '../attribution/Matrix';
import { Moved, type MoveFile, MoveHead } from '../attribution/Moved';
import { moment, monthName } from '../format/dates';
import { count } from '../format/format';
import { useAction } from '../jobs/follow';
import { FileMenu } from '../table/ExportMenu';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { type RuleRequest, useRequest, useWhoName } from './ask';

const NEEDS: Record<string, string> = {
  takes: 'cost would be taken from it',
  gives: 'its cost would rise',
  unallocates: 'cost would have no owner',
  rule: 'a rule that names it would come, change or go',
  pool: 'a pool that names it, or nobody, would come, change or go',
  documents: 'what no team owns would change',
  later: 'days would change that no preview shows',
  dispute: 'no rule can say it',
};
const CONFLICTS: Record<string, string> = {
  text: 'Others changed the rules in the same place. Write the change anew.',
  more: 'By now it would take what nobody consented to. The platform decides.',
};

/** One request: who is asked and why, what would move, what it changes, and the buttons of those whose turn it is. */
export function Opened({ id }: { id: string }) {
  const found = useRequest(id);
  const who = useWhoName();
  const [cell, setCell] = useState<Cell | null>(null);
  if (found.error && !found.data)
    return <Failure error={found.error} what="The request" retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton lines={8} />;
  const request = found.data;
  const file: MoveFile = (table, name) => <FileMenu of={`rules/requests/${id}/${table}`} text="" name={name} />;
  const currencies = [...new Set(request.movement.map(({ currency }) => currency))];
  const months = request.periods;
  const span = months.length ? `${monthName(months[0] ?? '')} – ${monthName(months.at(-1) ?? '')}` : '';
  return (
    <Panel title={`Request of ${who(request.team)}`} note={`${request.state} · ${moment(request.created_at)}`}>
      {request.note && <p>{request.note}</p>}
      <Asked request={request} />
      {request.conflict && <p className="warn-text">{CONFLICTS[request.conflict] ?? request.conflict}</p>}
      <Turn request={request} />
      <h3>What it would move, {span}</h3>
      {currencies.length === 0 ? (
        <Empty title="No cost gets another owner" />
      ) : (
        <>
          <MoveHead table="movement" name="From owner to owner" file={file} />
          {currencies.map((currency) => (
            <MoveMatrix key={currency} currency={currency} moves={request.movement} cell={cell} onCell={setCell} />
          ))}
          <Moved found={request} cell={cell} onAll={() => setCell(null)} file={file} />
          <p className="table-note">
            {count(request.moved_lines)} lines
            {request.shared_lines > 0 && `, and ${count(request.shared_lines)} that are shared`}, as they were when it
            was asked.
          </p>
        </>
      )}
      <h3>What it changes in version {request.base}</h3>
      {request.diff ? <DiffText text={request.diff} /> : <Empty title="No rule is drafted" />}
    </Panel>
  );
}

function Asked({ request }: { request: RuleRequest }) {
  const who = useWhoName();
  const all = request.decision ? [...request.asked, request.decision] : request.asked;
  if (all.length === 0) return <p className="muted">Nobody else has to consent: it moves nothing that is of others.</p>;
  return (
    <ul className="coverage" aria-label="Who is asked">
      {all.map((one) => (
        <li key={one.team}>
          <strong title={one.team ?? ''}>{who(one.team)}</strong>{' '}
          <span className="badge">
            {one.accepted === null ? 'no answer yet' : one.accepted ? '✔ consents' : '✖ refuses'}
          </span>{' '}
          {one.reason && <>“{one.reason}” </>}
          <span className="muted small">
            {one.needs.map((need) => NEEDS[need] ?? need).join(', ')}
            {one.at && ` · ${moment(one.at)} by ${one.actor}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Turn({ request }: { request: RuleRequest }) {
  if (request.waits_for.length === 0) return null;
  return (
    <>
      {request.state === 'accepted' ? <Publish request={request} /> : <Answer request={request} />}
      {request.state === 'open' && (
        <p className="table-note">Unanswered, the platform decides from {moment(request.deadline)} on.</p>
      )}
    </>
  );
}

const PLATFORM = '';

/** Answers on behalf of one of those that are asked; until people sign in, the reader says of which. */
function Answer({ request }: { request: RuleRequest }) {
  const name = useWhoName();
  const [as, setAs] = useState(request.waits_for[0] ?? PLATFORM);
  const [reason, setReason] = useState('');
  const path = `/rules/requests/${request.id}/answer`;
  const body = { team: as === PLATFORM ? null : as, reason };
  const accept = useAction('POST', path, useBody({ ...body, accepted: true }));
  const refuse = useAction('POST', path, useBody({ ...body, accepted: false }));
  const busy = accept.busy || refuse.busy;
  return (
    <div className="request-turn">
      <label>
        Answer as{' '}
        <select className="input" value={as} onChange={(event) => setAs(event.target.value)}>
          {request.waits_for.map((who) => (
            <option key={who} value={who ?? PLATFORM}>
              {name(who)}
            </option>
          ))}
        </select>
      </label>
      <label className="request-reason">
        Reason{' '}
        <input className="input" value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} />
      </label>
      <button type="button" className="button primary" disabled={busy} onClick={accept.run}>
        Accept
      </button>
      <button
        type="button"
        className="button"
        disabled={busy || reason.trim() === ''}
        title={reason.trim() === '' ? 'Say why' : undefined}
        onClick={refuse.run}
      >
        Refuse
      </button>
      <Withdraw request={request} />
      <Said error={accept.error ?? refuse.error} />
    </div>
  );
}

function Publish({ request }: { request: RuleRequest }) {
  const who = useWhoName();
  const publish = useAction('POST', `/rules/requests/${request.id}/publish`, useBody({ team: request.team }));
  return (
    <div className="request-turn">
      <button type="button" className="button primary" disabled={publish.busy} onClick={publish.run}>
        {publish.busy ? 'Publishing…' : `Publish as ${who(request.team)}`}
      </button>
      <Withdraw request={request} />
      <Said error={publish.error} />
    </div>
  );
}

function Withdraw({ request }: { request: RuleRequest }) {
  const withdraw = useAction('POST', `/rules/requests/${request.id}/withdraw`, useBody({ team: request.team }));
  return (
    <>
      <button type="button" className="button quiet" disabled={withdraw.busy} onClick={withdraw.run}>
        Withdraw
      </button>
      <Said error={withdraw.error} />
    </>
  );
}

function Said({ error }: { error: Error | null }) {
  return error ? (
    <p role="alert" className="bad-text">
      {error.message}
    </p>
  ) : null;
}

/** The same object while it says the same. */
function useBody<T>(body: T): T {
  const text = JSON.stringify(body);
  return useMemo(() => JSON.parse(text) as T, [text]);
}
