import { useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Icon } from '../ui/Icon';
import { KEYS, keysOff } from './keys';

export default function KeysHelp({ onClose }: { onClose: () => void }) {
  const [off, setOff] = useState(keysOff);
  const choose = (next: boolean) => {
    setOff(next);
    try {
      localStorage.setItem('outlay.keys', next ? 'off' : 'on');
    } catch {
      // Storage closed: the keys stay as they are.
    }
  };
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className="dialog-back">
      <Modal className="dialog">
        <Dialog className="drawer-body">
          <header className="drawer-head">
            <Heading slot="title">Keys</Heading>
            <button type="button" className="button quiet icon-only" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
          <dl className="facts">
            {KEYS.map((key) => (
              <div key={key.keys}>
                <dt>
                  <kbd>{key.keys}</kbd>
                </dt>
                <dd>{key.does}</dd>
              </div>
            ))}
          </dl>
          <label className="filter-option">
            <input type="checkbox" checked={!off} onChange={(event) => choose(!event.target.checked)} />
            Single keys are on
          </label>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
