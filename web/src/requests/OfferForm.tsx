import { useMemo, useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { TeamField, TextField } from '../attribution/VerbFields';
import { filterFor } from '../explore/questions';
import { useAction } from '../jobs/follow';
import { keyOf } from '../query/group';
import { DEFAULTS, type Filter, printQuery } from '../query/query';
import { useTeams } from '../teams/ask';

interface OfferProps {
  team?: string; // whose cost it is; without it the form asks
  filter?: Filter; // what is offered; without it the form asks
  name: string;
  quiet?: boolean;
}

/** Opens the form by which a team gives cost to whoever wants it. */
export default function OfferAway(props: OfferProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={props.quiet ? 'button small quiet' : 'button small'}
        aria-label={props.filter && `Offer: ${props.name}`}
        onClick={() => setOpen(true)}
      >
        {props.filter ? 'Offer' : 'Offer cost…'}
      </button>
      {open && (
        <ModalOverlay isOpen isDismissable onOpenChange={(next) => !next && setOpen(false)} className="dialog-back">
          <Modal className="dialog">
            <Dialog className="confirm-publish">
              <OfferForm {...props} onClose={() => setOpen(false)} />
            </Dialog>
          </Modal>
        </ModalOverlay>
      )}
    </>
  );
}

function OfferForm({ team = '', filter, name, onClose }: OfferProps & { onClose: () => void }) {
  const { teams } = useTeams();
  const [by, setBy] = useState(team);
  const [column, setColumn] = useState('service');
  const [value, setValue] = useState('');
  const [note, setNote] = useState('');
  const body = useMemo(() => {
    const written = filterFor(column, keyOf(value));
    return { team: by, scope: printQuery({ ...DEFAULTS, where: [filter ?? written] }), note };
  }, [by, column, value, note, filter]);
  const offer = useAction('POST', '/rules/offers', body);
  const ready = by !== '' && (filter !== undefined || (column !== '' && value !== ''));
  if (offer.ended)
    return (
      <>
        <Heading slot="title">Offered</Heading>
        <p role="status">Any team may claim it now by a rule of its own, without asking {by}.</p>
        <div className="tools">
          <button type="button" className="button primary" onClick={onClose}>
            Done
          </button>
        </div>
      </>
    );
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) offer.run();
      }}
    >
      <Heading slot="title">{filter ? `Offer ${name}` : 'Offer cost'}</Heading>
      <p className="muted">
        It stays {team ? `of ${team}` : 'where it is'} until another team claims it: for that nobody has to consent.
      </p>
      {!team && <TeamField label="Of team" value={by} teams={teams} onChange={setBy} />}
      {!filter && (
        <>
          <TextField label="Column: service, sub_account, resource, tag.KEY" value={column} onChange={setColumn} />
          <TextField label="Value" value={value} onChange={setValue} />
        </>
      )}
      <TextField label="Note" value={note} onChange={setNote} />
      {offer.error && (
        <p role="alert" className="bad-text">
          {offer.error.message}
        </p>
      )}
      <div className="tools">
        <button type="submit" className="button primary" disabled={offer.busy || !ready}>
          Offer
        </button>
        <button type="button" className="button" disabled={offer.busy} onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
