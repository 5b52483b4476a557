import type { ReactNode } from 'react';
import type { ButtonTone } from '../controls/button';
import { Dialog } from '../dialog';
import { DialogActions } from '../dialog-actions';
import { Form } from './form';

/** Asks for something in a dialog, and stays open with everything typed when the service refuses it. */
export function FormDialog({
  title,
  action,
  tone = 'primary',
  error,
  isPending,
  isReady = true,
  onSubmit,
  onClose,
  children,
}: {
  readonly title: string;
  /** The label of the submit button. */
  readonly action: string;
  readonly tone?: ButtonTone;
  readonly error: unknown;
  readonly isPending: boolean;
  /** Whether everything required was filled in. */
  readonly isReady?: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const disabled = isPending || !isReady;
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <Form error={error} onSubmit={() => !disabled && onSubmit()}>
        {children}
        <DialogActions tone={tone} disabled={disabled} onClose={onClose}>
          {action}
        </DialogActions>
      </Form>
    </Dialog>
  );
}
