import type { ReactNode } from 'react';
import { Button, type ButtonTone } from './controls/button';

/** Ends the form of a dialog: leave it as it was, or submit it. */
export function DialogActions({
  tone = 'primary',
  disabled,
  onClose,
  children,
}: {
  readonly tone?: ButtonTone;
  readonly disabled: boolean;
  readonly onClose: () => void;
  /** Says what submitting does. */
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
