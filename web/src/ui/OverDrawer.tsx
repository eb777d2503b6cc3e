import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { DrawerProps } from './Drawer';
import { Icon } from './Icon';

/** Details beside the page; Escape, the cross or a click beside it close it. */
export default function OverDrawer({ title, onClose, wide = false, children }: DrawerProps) {
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className="drawer-back">
      <Modal className={wide ? 'drawer is-wide' : 'drawer'}>
        <Dialog className="drawer-body">
          <header className="drawer-head">
            <Heading slot="title">{title}</Heading>
            <button type="button" className="button quiet icon-only" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
