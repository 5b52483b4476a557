import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { say } from '../toasts';
import { FormDialog } from './form-dialog';

/** Asks before something irreversible is done. */
export function ConfirmDialog({
  title,
  action,
  done,
  run,
  onDone,
  onClose,
  children,
}: {
  readonly title: string;
  readonly action: string;
  /** The message after it is done. */
  readonly done: string;
  readonly run: () => PromiseLike<unknown>;
  readonly onDone: () => void;
  readonly onClose: () => void;
  /** The consequence, in words. */
  readonly children: ReactNode;
}) {
  const act = useMutation({
    mutationFn: async () => {
      await run();
    },
    onSuccess: () => {
      say(done);
      onDone();
    },
  });
  return (
    <FormDialog
      title={title}
      action={action}
      tone="danger"
      error={act.error}
      isPending={act.isPending}
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <div className="break-words text-ink-2">{children}</div>
    </FormDialog>
  );
}
