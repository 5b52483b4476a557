import type { Model } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { Checkbox, FormField } from '../../../ui/form/form';

/** Allows a model, changes its settings, or takes it off the list. */
export function ModelDialog({
  model,
  onDone,
  onClose,
}: {
  /** Null for a model that is not on the list yet. */
  readonly model: Model | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [provider, setProvider] = useState(model?.provider ?? '');
  const [name, setName] = useState(model?.model_name ?? '');
  const [tokens, setTokens] = useState(String(model?.max_tokens ?? ''));
  const [streams, setStreams] = useState(model?.supports_streaming ?? true);
  return (
    <EditDialog
      title={model?.id ?? 'Allow a model'}
      action={model === null ? 'Allow the model' : 'Save the model'}
      isReady={provider.trim() !== '' && name.trim() !== ''}
      save={() =>
        ledger.models.put(provider.trim(), name.trim(), {
          max_tokens: tokens === '' ? null : Number(tokens),
          supports_streaming: streams,
        })
      }
      done={({ id }) => `${id} is allowed.`}
      removal={
        model && {
          label: 'Take off the list …',
          title: `Take ${model.id} off the list?`,
          action: 'Take it off',
          done: `${model.id} is off the list.`,
          consequence:
            'Executions that ask for it are refused from then on. Its executions, prices and counts stay.',
          run: () => ledger.models.delete(model.provider, model.model_name),
        }
      }
      onDone={onDone}
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
    </EditDialog>
  );
}
