import type { ReactNode } from 'react';
import { Button, type ButtonTone } from './controls/button';

/** The end of a dialog's form: cancel it, or submit it. */
export function DialogActions({
  tone = 'primary',
  disabled,
  onClose,
  children,
}: {
  readonly tone?: ButtonTone;
  readonly disabled: boolean;
  readonly onClose: () => void;
  /** The label of the submit button. */
  readonly children: ReactNode;
}) {
  return (
    <div className="flex justify-end gap-2">
      <Button tone="ghost" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" tone={tone} disabled={disabled}>
        {children}
      </Button>
    </div>
  );
}
