import { type ReactNode, useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { FaultList } from '../attribution/Faults';

interface FormDialogProps {
  label: string;
  name?: string; // of the button, where its label alone does not tell
  className?: string;
  disabled?: boolean;
  children: (close: () => void) => ReactNode;
}

/** A button, and what it opens in a dialog. */
export function FormDialog({ label, name, className = 'button', disabled, children }: FormDialogProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={className} aria-label={name} disabled={disabled} onClick={() => setOpen(true)}>
        {label}
      </button>
      {open && (
        <ModalOverlay isOpen isDismissable onOpenChange={(next) => !next && setOpen(false)} className="dialog-back">
          <Modal className="dialog">
            <Dialog className="confirm-publish">{children(() => setOpen(false))}</Dialog>
          </Modal>
        </ModalOverlay>
      )}
    </>
  );
}

interface DialogFormProps {
  title: string;
  about: ReactNode; // what becomes of it
  act: string;
  doing?: string; // what the button says meanwhile
  ready: boolean;
  busy: boolean;
  error: Error | null;
  onAct: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** What a dialog asks for, what it is told where that is wrong, and its two buttons. */
export function DialogForm(props: DialogFormProps) {
  const { title, about, act, doing = act, ready, busy, error, onAct, onClose, children } = props;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onAct();
      }}
    >
      <Heading slot="title">{title}</Heading>
      <p className="muted">{about}</p>
      {children}
      {error && (
        <div role="alert" className="bad-text">
          <p>{error.message}</p>
          <FaultList error={error} />
        </div>
      )}
      <div className="tools">
        <button type="submit" className="button primary" disabled={busy || !ready}>
          {busy ? doing : act}
        </button>
        <button type="button" className="button" disabled={busy} onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
