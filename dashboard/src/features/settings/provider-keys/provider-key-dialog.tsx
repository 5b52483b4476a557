import type { Secret } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { FormField } from '../../../ui/form/form';

/** Sets or replaces the project's key for a provider, or removes it. */
export function ProviderKeyDialog({
  secret,
  onDone,
  onClose,
}: {
  /** Null for a provider without a key. */
  readonly secret: Secret | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [provider, setProvider] = useState(secret?.provider ?? '');
  const [key, setKey] = useState('');
  const [address, setAddress] = useState(secret?.base_url ?? '');
  return (
    <EditDialog
      title={secret === null ? 'Put a provider key' : `Key for ${secret.provider}`}
      action="Put the key"
      isReady={provider.trim() !== '' && key.trim() !== ''}
      save={() =>
        ledger.secrets.put(provider.trim(), { api_key: key.trim(), base_url: address.trim() || null })
      }
      done={(saved) => `Calls to ${saved.provider} use the key of the project.`}
      removal={
        secret && {
          label: 'Delete …',
          title: `Delete the key for ${secret.provider}?`,
          action: 'Delete the key',
          done: `The key for ${secret.provider} is gone.`,
          consequence: 'Calls use the key of whoever runs the service from then on, where there is one.',
          run: () => ledger.secrets.delete(secret.provider),
        }
      }
      onDone={onDone}
      onClose={onClose}
    >
      {secret === null && (
        <FormField label="Provider" pointer="/provider" hint="openai, anthropic, google …">
          {(props) => (
            <Input
              {...props}
              autoFocus
              required
              value={provider}
              onChange={({ target }) => setProvider(target.value)}
            />
          )}
        </FormField>
      )}
      <FormField label="Key" pointer="/api_key" hint="It is sent once, kept encrypted and never shown again">
        {(props) => (
          <Input
            {...props}
            type="password"
            autoComplete="new-password"
            required
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
        )}
      </FormField>
      <FormField label="Address of its API" pointer="/base_url" hint="Empty: that of the service">
        {(props) => (
          <Input
            {...props}
            inputMode="url"
            value={address}
            onChange={({ target }) => setAddress(target.value)}
          />
        )}
      </FormField>
    </EditDialog>
  );
}
