import type { Role, Team } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { Checkbox, FormField } from '../../../ui/form/form';
import { Problem } from '../../../ui/problem';
import { visibleText } from '../../../ui/text/visible-text';
import { RoleSelect } from '../roles';

/** Makes a team, or changes its role and its members. */
export function TeamDialog({
  team,
  onDone,
  onClose,
}: {
  /** Null for a new team. */
  readonly team: Team | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(team?.name ?? '');
  const [role, setRole] = useState<Role>(team?.role ?? 'editor');
  const [members, setMembers] = useState<readonly string[]>(team?.members ?? []);
  const everybody = useQuery({
    queryKey: ['members', 'all'],
    queryFn: async ({ signal }) => ledger.members.list({ limit: 200 }, { signal }).all(),
  });
  return (
    <EditDialog
      title={team === null ? 'Make a team' : visibleText(team.name)}
      action="Save the team"
      isReady={name.trim() !== '' && everybody.data !== undefined}
      save={() => ledger.teams.put(name.trim(), { role, members })}
      done={() => `Team ${name.trim()} is saved.`}
      removal={
        team && {
          label: 'Delete …',
          title: `Delete team ${team.name}?`,
          action: 'Delete the team',
          done: `Team ${team.name} is gone.`,
          consequence: 'Its members may do with its prompts what they may do elsewhere. The prompts stay.',
          run: () => ledger.teams.delete(team.name),
        }
      }
      onDone={onDone}
      onClose={onClose}
    >
      {team === null && (
        <FormField label="Name" pointer="/name" hint="As prompts name it for their owner">
          {(props) => (
            <Input
              {...props}
              autoFocus
              required
              maxLength={200}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </FormField>
      )}
      <FormField label="Role over its prompts" pointer="/role">
        {(props) => (
          <RoleSelect {...props} value={role} onChange={({ target }) => setRole(target.value as Role)} />
        )}
      </FormField>
      <fieldset className="m-0 grid max-h-[30vh] gap-1.5 overflow-auto rounded-md border p-2.5">
        <legend className="px-1 text-[12px] text-ink-2">Members</legend>
        {everybody.error !== null && (
          <Problem error={everybody.error} onRetry={() => void everybody.refetch()} />
        )}
        {everybody.data?.length === 0 && <p className="m-0 text-ink-3">The project has no members yet.</p>}
        {everybody.data?.map(({ user_id: id, name: title }) => (
          <Checkbox
            key={id}
            label={visibleText(title)}
            checked={members.includes(id)}
            onChange={(isIn) => setMembers(isIn ? [...members, id] : members.filter((other) => other !== id))}
          />
        ))}
      </fieldset>
    </EditDialog>
  );
}
