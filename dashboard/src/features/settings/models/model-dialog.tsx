import type { Model } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { Checkbox, FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { say } from '../../../ui/toasts';

/** Allows a model, changes what is known of it, or takes it off the list. */
export function ModelDialog({
  model,
  onDone,
  onClose,
}: {
  /** Null for one that is not on the list yet. */
  readonly model: Model | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [provider, setProvider] = useState(model?.provider ?? '');
  const [name, setName] = useState(model?.model_name ?? '');
  const [tokens, setTokens] = useState(String(model?.max_tokens ?? ''));
  const [streams, setStreams] = useState(model?.supports_streaming ?? true);
  const [isDeleting, setDeleting] = useState(false);
  const save = useMutation({
    mutationFn: async () =>
      ledger.models.put(provider.trim(), name.trim(), {
        max_tokens: tokens === '' ? null : Number(tokens),
        supports_streaming: streams,
      }),
    onSuccess: ({ id }) => {
      say(`${id} is allowed.`);
      onDone();
    },
  });
  if (isDeleting && model !== null) {
    return (
      <ConfirmDialog
        title={`Take ${model.id} off the list?`}
        action="Take it off"
        done={`${model.id} is off the list.`}
        run={() => ledger.models.delete(model.provider, model.model_name)}
        onDone={onDone}
        onClose={() => setDeleting(false)}
      >
        Executions that ask for it are refused from then on. Its executions, prices and counts stay.
      </ConfirmDialog>
    );
  }
  return (
    <FormDialog
      title={model?.id ?? 'Allow a model'}
      action={model === null ? 'Allow the model' : 'Save the model'}
      error={save.error}
      isPending={save.isPending}
      isReady={provider.trim() !== '' && name.trim() !== ''}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {model === null && (
        <>
          <FormField label="Provider" pointer="/provider" hint="openai, anthropic, google, mistral, echo …">
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
          <FormField label="Model" pointer="/model_name" hint="The provider’s name for it">
            {(props) => (
              <Input {...props} required value={name} onChange={({ target }) => setName(target.value)} />
            )}
          </FormField>
        </>
      )}
      <FormField label="Most tokens of an answer" pointer="/max_tokens" hint="Empty: not known">
        {(props) => (
          <Input
            {...props}
            type="number"
            min={1}
            value={tokens}
            onChange={({ target }) => setTokens(target.value)}
          />
        )}
      </FormField>
      <Checkbox label="Its answers can be streamed" checked={streams} onChange={setStreams} />
      {model !== null && (
        <div>
          <Button tone="danger" onClick={() => setDeleting(true)}>
            Take off the list …
          </Button>
        </div>
      )}
    </FormDialog>
  );
}
