import type { Prompt } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { say } from '../../../ui/toasts';
import { refreshPrompts } from '../prompt-queries';

const CODES = ['VERSION_NOT_FOUND', 'ENVIRONMENT_PROTECTED'];

/** Reverts the latest move of an environment. */
export function RollbackDialog({
  prompt,
  environment,
  from,
  to,
  onClose,
}: {
  readonly prompt: Prompt;
  readonly environment: string;
  /** The version that runs there now, and the one that ran before it. */
  readonly from: number;
  readonly to: number;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const where = environment === 'default' ? 'the active version' : environment;
  const back = useMutation({
    mutationFn: async () => ledger.environments.rollback(prompt.name, environment, reason.trim()),
    onSuccess: ({ version }) => {
      say(`${environment} runs version ${version.version_number} again.`);
      void refreshPrompts();
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Roll ${where} back`}
      action={`Back to v${to}`}
      tone="danger"
      error={back.error}
      isPending={back.isPending}
      isReady={reason.trim() !== ''}
      onSubmit={() => back.mutate()}
      onClose={onClose}
    >
      <p className="m-0 text-ink-2">{`From v${from} to v${to}, at once, for every run that is sent afterwards.`}</p>
      <FormField label="Reason" pointer="/reason" codes={CODES}>
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            maxLength={2_000}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        )}
      </FormField>
    </FormDialog>
  );
}
