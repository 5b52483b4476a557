import type { Member, Role } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { say } from '../../../ui/toasts';
import { visibleText } from '../../../ui/text/visible-text';
import { RoleSelect } from '../roles';

/** One member: their role, and ways to remove it. */
export function MemberDialog({
  member,
  onDone,
  onClose,
}: {
  readonly member: Member;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const { user_id: id, name, email, kind, disabled } = member;
  const [role, setRole] = useState<Role>(member.role);
  const [asked, setAsked] = useState<'remove' | 'disable' | null>(null);
  const change = useMutation({
    mutationFn: async () => ledger.members.put(id, { role }),
    onSuccess: () => {
      say(`${name} is ${role} now.`);
      onDone();
    },
  });
  if (asked === 'remove') {
    return (
      <ConfirmDialog
        title={`Take ${name} out of the project?`}
        action="Take them out"
        done={`${name} is no longer a member.`}
        run={() => ledger.members.delete(id)}
        onDone={onDone}
        onClose={() => setAsked(null)}
      >
        Their keys are refused here within five seconds, and they leave the teams of the project.
      </ConfirmDialog>
    );
  }
  if (asked === 'disable') {
    return (
      <ConfirmDialog
        title={`${disabled ? 'Enable' : 'Disable'} ${name}?`}
        action={disabled ? 'Enable them' : 'Disable them'}
        done={`${name} is ${disabled ? 'enabled' : 'disabled'}.`}
        run={() => ledger.users.update(id, { disabled: !disabled })}
        onDone={onDone}
        onClose={() => setAsked(null)}
      >
        {disabled
          ? 'Their keys and sessions work again.'
          : 'All their keys and sessions are refused within five seconds, in every project, until they are enabled again.'}
      </ConfirmDialog>
    );
  }
  return (
    <FormDialog
      title={visibleText(name)}
      action="Set the role"
      error={change.error}
      isPending={change.isPending}
      isReady={role !== member.role}
      onSubmit={() => change.mutate()}
      onClose={onClose}
    >
      <p className="m-0 break-words text-ink-2">
        {kind === 'service' ? 'A service account' : visibleText(email ?? 'A person')}{' '}
        <span className="mono text-ink-3">{id}</span>
      </p>
      <FormField label="Role" pointer="/role">
        {(props) => (
          <RoleSelect {...props} value={role} onChange={({ target }) => setRole(target.value as Role)} />
        )}
      </FormField>
      <div className="flex flex-wrap gap-2">
        <Button tone="danger" onClick={() => setAsked('remove')}>
          Take out …
        </Button>
        <Button tone={disabled ? 'plain' : 'danger'} onClick={() => setAsked('disable')}>
          {disabled ? 'Enable …' : 'Disable …'}
        </Button>
      </div>
    </FormDialog>
  );
}
