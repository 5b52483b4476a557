import type { CreatedKey, Project } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { FormDialog } from '../../../ui/form/form-dialog';
import { visibleText } from '../../../ui/text/visible-text';

/** One project of the instance: the key of its first admin, and its archiving. */
export function ProjectDialog({
  project,
  onKey,
  onDone,
  onClose,
}: {
  readonly project: Project;
  readonly onKey: (key: CreatedKey) => void;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const { project_id: id, name, archived_at: archivedAt } = project;
  const isArchived = archivedAt !== null;
  const [isArchiving, setArchiving] = useState(false);
  const makeKey = useMutation({
    mutationFn: async () => ledger.projects.createKey(id, { name: 'admin', role: 'admin' }),
    onSuccess: onKey,
  });
  if (isArchiving) {
    return (
      <ConfirmDialog
        title={isArchived ? `Bring ${name} back?` : `Archive ${name}?`}
        action={isArchived ? 'Bring it back' : 'Archive it'}
        done={isArchived ? `${name} is back.` : `${name} is archived.`}
        run={() => ledger.projects.update(id, { archived: !isArchived })}
        onDone={onDone}
        onClose={() => setArchiving(false)}
      >
        {isArchived
          ? 'Its keys work again.'
          : 'Its keys are refused within five seconds and nobody acts in it. Nothing is deleted, and it can be brought back.'}
      </ConfirmDialog>
    );
  }
  return (
    <FormDialog
      title={visibleText(name)}
      action="Make a key for an admin"
      error={makeKey.error}
      isPending={makeKey.isPending}
      isReady={!isArchived}
      onSubmit={() => makeKey.mutate()}
      onClose={onClose}
    >
      <p className="m-0 text-ink-2">
        With the key of an admin the project looks after itself: its members, keys and settings.
      </p>
      <div>
        <Button tone={isArchived ? 'plain' : 'danger'} onClick={() => setArchiving(true)}>
          {isArchived ? 'Bring back …' : 'Archive …'}
        </Button>
      </div>
    </FormDialog>
  );
}
