import { useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { write } from '../api/client';
import { forgetAnswers } from '../api/queries';
import { useAddress } from '../app/address';
import { FaultList } from '../attribution/Faults';
import type { Draft } from '../attribution/useDraft';
import { listed } from '../teams/named';
import type { RuleRequest } from './ask';

/** Hands a draft in on behalf of a team: what stays its own it may publish, for the rest others are asked. */
export function AskAs({ draft, disabled }: { draft: Draft; disabled: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" disabled={disabled} onClick={() => setOpen(true)}>
        Ask as a team…
      </button>
      {open && (
        <ModalOverlay isOpen isDismissable onOpenChange={(next) => !next && setOpen(false)} className="dialog-back">
          <Modal className="dialog">
            <Dialog className="confirm-publish">
              <AskForm draft={draft} onClose={() => setOpen(false)} />
            </Dialog>
          </Modal>
        </ModalOverlay>
      )}
    </>
  );
}

function AskForm({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { go } = useAddress();
  const teams = listed(draft.texts.org);
  const [team, setTeam] = useState('');
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const ask = () => {
    setBusy(true);
    write<RuleRequest>('POST', '/rules/requests', { ...draft.texts, base: draft.base, team, note })
      .then(async (made) => {
        await forgetAnswers();
        draft.reset();
        go({ view: { tab: 'requests', sel: made.id } });
      })
      .catch((reason: Error) => {
        setError(reason);
        setBusy(false);
      });
  };
  return (
    <form
      className="request-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (team) ask();
      }}
    >
      <Heading slot="title">Ask as a team</Heading>
      <p className="muted">
        What claims cost of nobody, or stays in the team's own subtree, it may publish itself. Those from whom it would
        take cost, or to whom it would give some, are asked.
      </p>
      <label>
        On behalf of
        <input
          className="input"
          list="teams-listed"
          value={team}
          required
          onChange={(event) => setTeam(event.target.value)}
        />
      </label>
      <datalist id="teams-listed">
        {teams.map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
      <label>
        Why
        <input className="input" value={note} maxLength={2000} onChange={(event) => setNote(event.target.value)} />
      </label>
      {error && (
        <div role="alert" className="bad-text">
          <p>{error.message}</p>
          <FaultList error={error} />
        </div>
      )}
      <div className="tools">
        <button type="submit" className="button primary" disabled={busy || team === ''}>
          {busy ? 'Looking at 13 months…' : 'Ask'}
        </button>
        <button type="button" className="button" disabled={busy} onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
