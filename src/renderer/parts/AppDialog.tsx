import { useEffect, type ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { cover } from '../presented/covered.ts';
import { Quoting } from './Quoting.tsx';

interface Props {
  title: string;
  children: ReactNode;
  buttons: ReactNode;
  /** A form has fields; a question is read out whole when it appears. */
  asks?: 'question' | 'form';
  /** Absent: nothing but its buttons closes it. */
  onDismiss?: () => void;
}

/** A question that has to be answered before anything else. Holds the focus and gives it back. */
export function AppDialog({ title, children, buttons, asks = 'question', onDismiss }: Props) {
  useEffect(cover, []);
  return (
    <ModalOverlay
      isOpen
      className="vr-overlay"
      isKeyboardDismissDisabled={onDismiss === undefined}
      onOpenChange={(open) => {
        if (!open) onDismiss?.();
      }}
    >
      <Modal className="vr-modal">
        <Dialog role={asks === 'form' ? 'dialog' : 'alertdialog'} className="vr-dialog">
          <Heading slot="title" level={2} className="nhsuk-heading-m"><Quoting text={title} /></Heading>
          {children}
          <div className="nhsuk-button-group vr-dialog__buttons">{buttons}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
