import { useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { write } from '../api/client';
import { forgetAnswers, useAnswer } from '../api/queries';
import { useAddress } from '../app/address';
import { known, shift } from '../format/dates';
import { type CostQuery, DEFAULTS, type Filter, printQuery } from '../query/query';
import { useTeams } from '../teams/ask';
import { plain } from '../teams/questions';
import type { Dispute } from './ask';

interface NotOursProps {
  about: CostQuery;
  team: string;
  name: string; // of the row
  filter: Filter; // what it is made of
}

/** On a row of a team: opens a dispute about it. */
export default function NotOurs(props: NotOursProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button small quiet"
        aria-label={`Not ours: ${props.name}`}
        onClick={() => setOpen(true)}
      >
        Not ours
      </button>
      {open && (
        <ModalOverlay isOpen isDismissable onOpenChange={(next) => !next && setOpen(false)} className="dialog-back">
          <Modal className="dialog">
            <Dialog className="confirm-publish">
              <DisputeForm {...props} onClose={() => setOpen(false)} />
            </Dialog>
          </Modal>
        </ModalOverlay>
      )}
    </>
  );
}

function DisputeForm({ about, team, name, filter, onClose }: NotOursProps & { onClose: () => void }) {
  const { go } = useAddress();
  const { teams } = useTeams();
  const days = known(useAnswer(plain(about)).data?.period);
  const [reason, setReason] = useState('');
  const [suggested, setSuggested] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const dispute = () => {
    setBusy(true);
    const scope = printQuery({ ...DEFAULTS, where: [filter] });
    // The days of the page: of one row alone, whose bills may be late, the same word can mean others.
    const period = days ? `${days.start}..${shift(days.end, -1)}` : about.period;
    const order = { team, scope, reason, suggested: suggested || null, period };
    write<Dispute>('POST', '/rules/disputes', order)
      .then(async (made) => {
        await forgetAnswers();
        go({ path: '/attribution', view: { tab: 'requests', sel: made.request } });
      })
      .catch((failed: Error) => {
        setError(failed);
        setBusy(false);
      });
  };
  return (
    <form
      className="request-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) dispute();
      }}
    >
      <Heading slot="title">Not of {team}</Heading>
      <p className="muted">
        {name}: the cost of these days is kept with the dispute, and a rule is drafted that would move it. Whoever would
        get it is asked first; without a name the platform is.
      </p>
      <label>
        Why it is not
        <input
          className="input"
          value={reason}
          maxLength={2000}
          required
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <label>
        Whose it is, if known
        <input
          className="input"
          list="teams-known"
          value={suggested}
          onChange={(event) => setSuggested(event.target.value)}
        />
      </label>
      <datalist id="teams-known">
        {teams
          .filter((key) => key !== team)
          .map((key) => (
            <option key={key} value={key} />
          ))}
      </datalist>
      {error && (
        <p role="alert" className="bad-text">
          {error.message}
        </p>
      )}
      <div className="tools">
        <button type="submit" className="button primary" disabled={busy || reason.trim() === ''}>
          {busy ? 'Looking at 13 months…' : 'Dispute'}
        </button>
        <button type="button" className="button" disabled={busy} onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
