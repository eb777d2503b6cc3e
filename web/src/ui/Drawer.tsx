import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Icon } from './Icon';

interface DrawerProps {
  title: string;
  onClose: () => void;
  wide?: boolean; // holds a chart and tables
  children: ReactNode;
}

/** Details beside the page; Escape, the cross or a click beside it close it. */
export function Drawer({ title, onClose, wide = false, children }: DrawerProps) {
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
