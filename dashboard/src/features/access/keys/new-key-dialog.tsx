import type { CreatedKey, CreateKeyRequest, Member, MemberList, Scope } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { useMay, useMe } from '../../../api/use-session';
import { Input, Select } from '../../../ui/controls/field';
import { Checkbox, FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { fromLocalTime } from '../../../ui/form/times';
import { visibleText } from '../../../ui/text/visible-text';
import { isRole, RoleSelect } from '../roles';
import { RateLimitFields, toLimits } from './rate-limits';

const BY_SCOPE = 'scopes';

/** Asks for the purpose, the permissions and the expiry of a new key. */
export function NewKeyDialog({
  onMade,
  onClose,
}: {
  readonly onMade: (key: CreatedKey) => void;
  readonly onClose: () => void;
}) {
  const { scopes: own } = useMe();
  const [name, setName] = useState('');
  const [may, setMay] = useState('runner');
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [owner, setOwner] = useState('');
  const [expires, setExpires] = useState('');
  const [limits, setLimits] = useState({ requests: '', tokens: '' });
  const make = useMutation({
    mutationFn: async () => {
      const hasLimits = limits.requests !== '' || limits.tokens !== '';
      const request: CreateKeyRequest = {
        name: name.trim(),
        ...(isRole(may) ? { role: may } : { scopes }),
        ...(owner === '' ? {} : { user_id: owner }),
        ...(expires === '' ? {} : { expires_at: fromLocalTime(expires) }),
        ...(hasLimits ? { rate_limits: toLimits(limits) } : {}),
      };
      return ledger.keys.create(request);
    },
    onSuccess: onMade,
  });
  return (
    <FormDialog
      title="Make a key"
      action="Make the key"
      error={make.error}
      isPending={make.isPending}
      isReady={name.trim() !== '' && (may !== BY_SCOPE || scopes.length > 0)}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <FormField label="Name" pointer="/name" hint="What it is for, as lists and the audit log show it">
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
      <FormField label="May do" pointer="/role">
        {(props) => (
          <RoleSelect {...props} value={may} onChange={({ target }) => setMay(target.value)}>
            <option value={BY_SCOPE}>scopes that I choose</option>
          </RoleSelect>
        )}
      </FormField>
      {may === BY_SCOPE && (
        <fieldset className="m-0 grid grid-cols-2 gap-1.5 rounded-md border p-2.5">
          <legend className="px-1 text-[12px] text-ink-2">Scopes, of yours</legend>
          {own.map((scope) => (
            <Checkbox
              key={scope}
              label={scope}
              checked={scopes.includes(scope)}
              onChange={(isChosen) =>
                setScopes(isChosen ? [...scopes, scope] : scopes.filter((other) => other !== scope))
              }
            />
          ))}
        </fieldset>
      )}
      <OwnerField value={owner} onChange={setOwner} />
      <FormField label="Works until" pointer="/expires_at" hint="Empty: until it is revoked">
        {(props) => (
          <Input
            {...props}
            type="datetime-local"
            value={expires}
            onChange={({ target }) => setExpires(target.value)}
          />
        )}
      </FormField>
      <RateLimitFields limits={limits} onChange={setLimits} />
    </FormDialog>
  );
}

/** Asks who will own the key: admins name service accounts, and the instance names any user. */
function OwnerField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  const isInstance = useMe().kind === 'instance';
  const mayName = useMay('members:write');
  const { data = [] } = useQuery({
    queryKey: ['members', 'first'],
    queryFn: async ({ signal }): Promise<MemberList['members']> =>
      (await ledger.members.list({ limit: 200 }, { signal })).members,
    enabled: mayName,
  });
  const users = data.filter(({ kind, disabled }) => !disabled && (isInstance || kind === 'service'));
  if (!mayName || users.length === 0) return null;
  return (
    <FormField label="Belongs to" pointer="/user_id" hint="It may then do no more than they may">
      {(props) => (
        <Select {...props} className="w-full" value={value} onChange={({ target }) => onChange(target.value)}>
          <option value="">{isInstance ? 'nobody' : 'you'}</option>
          {users.map(({ user_id: id, name, role }: Member) => (
            <option key={id} value={id}>
              {visibleText(`${name} (${role})`)}
            </option>
          ))}
        </Select>
      )}
    </FormField>
  );
}
