import type { Role, UserKind } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { visibleText } from '../../../ui/text/visible-text';
import { say } from '../../../ui/toasts';
import { RoleSelect } from '../roles';

const EMAIL_CODES = ['USER_EXISTS'];
type Who = UserKind | 'known';

/** Makes a user a member: a new person or service account, or an existing user. */
export function InviteDialog({
  onDone,
  onClose,
}: {
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [who, setWho] = useState<Who>('person');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [known, setKnown] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const { data: users = [] } = useQuery({
    queryKey: ['members', 'users'],
    queryFn: async ({ signal }) => (await ledger.users.list({ limit: 200 }, { signal })).users,
  });
  // Keeps the user who was made before the role was refused, so that a retry does not make another one.
  const made = useRef<{ readonly of: string; readonly id: string } | null>(null);
  const add = useMutation({
    mutationFn: async () => {
      if (who === 'known') return ledger.members.put(known, { role });
      const user = { kind: who, name: name.trim(), ...(who === 'person' ? { email: email.trim() } : {}) };
      const of = JSON.stringify(user);
      if (made.current?.of !== of) made.current = { of, id: (await ledger.users.create(user)).user_id };
      return ledger.members.put(made.current.id, { role });
    },
    onSuccess: (member) => {
      say(`${member.name} is a member.`);
      onDone();
    },
  });
  const isReady =
    who === 'known' ? known !== '' : name.trim() !== '' && (who === 'service' || email.trim() !== '');
  return (
    <FormDialog
      title="Add a member"
      action="Add the member"
      error={add.error}
      isPending={add.isPending}
      isReady={isReady}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <FormField label="Who" pointer="/kind">
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={who}
            onChange={({ target }) => setWho(target.value as Who)}
          >
            <option value="person">a person, who signs in</option>
            <option value="service">a service account, which only has keys</option>
            {users.length > 0 && <option value="known">somebody who has an account</option>}
          </Select>
        )}
      </FormField>
      {who === 'known' ? (
        <FormField label="Account" pointer="/user_id">
          {(props) => (
            <Select
              {...props}
              className="w-full"
              value={known}
              onChange={({ target }) => setKnown(target.value)}
            >
              <option value="">choose one</option>
              {users.map(({ user_id: id, name: title, email: address }) => (
                <option key={id} value={id}>
                  {visibleText(address === null ? title : `${title}, ${address}`)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
      ) : (
        <FormField label="Name" pointer="/name">
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
      {who === 'person' && (
        <FormField
          label="Email"
          pointer="/email"
          codes={EMAIL_CODES}
          hint="The first sign-in with this address, verified, is this person"
        >
          {(props) => (
            <Input
              {...props}
              type="email"
              required
              maxLength={254}
              value={email}
              onChange={({ target }) => setEmail(target.value)}
            />
          )}
        </FormField>
      )}
      <FormField label="Role" pointer="/role">
        {(props) => (
          <RoleSelect {...props} value={role} onChange={({ target }) => setRole(target.value as Role)} />
        )}
      </FormField>
    </FormDialog>
  );
}
