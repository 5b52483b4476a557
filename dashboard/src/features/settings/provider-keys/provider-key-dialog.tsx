import type { Secret } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { say } from '../../../ui/toasts';

/** Puts the project's key for a provider, in place of the one of before, or takes it away. */
export function ProviderKeyDialog({
  secret,
  onDone,
  onClose,
}: {
  /** Null for a provider without one. */
  readonly secret: Secret | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [provider, setProvider] = useState(secret?.provider ?? '');
  const [key, setKey] = useState('');
  const [address, setAddress] = useState(secret?.base_url ?? '');
  const [isDeleting, setDeleting] = useState(false);
  const put = useMutation({
    mutationFn: async () =>
      ledger.secrets.put(provider.trim(), { api_key: key.trim(), base_url: address.trim() || null }),
    onSuccess: (saved) => {
      say(`Calls to ${saved.provider} use the key of the project.`);
      onDone();
    },
  });
  if (isDeleting && secret !== null) {
    return (
      <ConfirmDialog
        title={`Delete the key for ${secret.provider}?`}
        action="Delete the key"
        done={`The key for ${secret.provider} is gone.`}
        run={() => ledger.secrets.delete(secret.provider)}
        onDone={onDone}
        onClose={() => setDeleting(false)}
      >
        Calls use the key of whoever runs the service from then on, where there is one.
      </ConfirmDialog>
    );
  }
  return (
    <FormDialog
      title={secret === null ? 'Put a provider key' : `Key for ${secret.provider}`}
      action="Put the key"
      error={put.error}
      isPending={put.isPending}
      isReady={provider.trim() !== '' && key.trim() !== ''}
      onSubmit={() => put.mutate()}
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
      {secret !== null && (
        <div>
          <Button tone="danger" onClick={() => setDeleting(true)}>
            Delete …
          </Button>
        </div>
      )}
    </FormDialog>
  );
}
