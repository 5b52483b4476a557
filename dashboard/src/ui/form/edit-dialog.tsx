import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from '../controls/button';
import { say } from '../toasts';
import { ConfirmDialog } from './confirm-dialog';
import { FormDialog } from './form-dialog';

/** Removes the subject of a dialog after a confirmation. */
interface Removal {
  /** The label of the button that asks. */
  readonly label: string;
  /** The question. */
  readonly title: string;
  readonly action: string;
  /** The message after it is done. */
  readonly done: string;
  /** The consequence, in words. */
  readonly consequence: string;
  readonly run: () => PromiseLike<unknown>;
}

/** Makes, changes or removes a thing. What was typed stays when the removal is not confirmed. */
export function EditDialog<Saved>({
  title,
  action,
  isReady = true,
  save,
  done,
  removal = null,
  onDone,
  onClose,
  children,
}: {
  readonly title: string;
  readonly action: string;
  /** Whether everything required was filled in. */
  readonly isReady?: boolean;
  readonly save: () => PromiseLike<Saved>;
  /** The message after it is saved. */
  readonly done: (saved: Saved) => string;
  /** Null for a thing that does not exist yet, or cannot be removed. */
  readonly removal?: Removal | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const [isRemoving, setRemoving] = useState(false);
  const saving = useMutation({
    mutationFn: async () => save(),
    onSuccess: (saved) => {
      say(done(saved));
      onDone();
    },
  });
  if (isRemoving && removal !== null) {
    return (
      <ConfirmDialog
        title={removal.title}
        action={removal.action}
        done={removal.done}
        run={removal.run}
        onDone={onDone}
        onClose={() => setRemoving(false)}
      >
        {removal.consequence}
      </ConfirmDialog>
    );
  }
  return (
    <FormDialog
      title={title}
      action={action}
      error={saving.error}
      isPending={saving.isPending}
      isReady={isReady}
      onSubmit={() => saving.mutate()}
      onClose={onClose}
    >
      {children}
      {removal !== null && (
        <div>
          <Button tone="danger" onClick={() => setRemoving(true)}>
            {removal.label}
          </Button>
        </div>
      )}
    </FormDialog>
  );
}
