import type { KeyboardEvent, ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface Props {
  title: string;
  /** At the head, beside the title: the way out and what changes the row. */
  head: ReactNode;
  children: ReactNode;
  onDismiss: () => void;
  /** Up and Down, but for where they move within a field. */
  onStep: (by: 1 | -1) => void;
}

/** Details at the side of a list, over it. Holds the focus; Esc and a press outside close it. */
export function Drawer({ title, head, children, onDismiss, onStep }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    if (event.altKey || event.ctrlKey || event.metaKey || (event.target instanceof Element && event.target.closest('input, textarea, select'))) return;
    event.preventDefault();
    onStep(event.key === 'ArrowDown' ? 1 : -1);
  };
  return (
    <ModalOverlay
      isOpen
      isDismissable
      className="vr-overlay vr-overlay--drawer"
      onOpenChange={(open) => {
        if (!open) onDismiss();
      }}
    >
      <Modal className="vr-drawer">
        <Dialog className="vr-dialog">
          <div onKeyDown={onKeyDown}>
            <div className="vr-drawer__head">
              <Heading slot="title" level={2} className="nhsuk-heading-s">{title}</Heading>
              {head}
            </div>
            {children}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
