import type { Suggestion } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { Input } from '../../ui/controls/field';
import { FormField } from '../../ui/form/form';
import { FormDialog } from '../../ui/form/form-dialog';
import { say } from '../../ui/toasts';
import { refreshPrompts } from './suggestions-queries';

/** Hides a suggestion, with a reason for later readers. */
export function DismissDialog({
  promptName,
  suggestion: { suggestion_id: id, title },
  onDismissed,
  onClose,
}: {
  readonly promptName: string;
  readonly suggestion: Suggestion;
  readonly onDismissed: () => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const dismiss = useMutation({
    mutationFn: async () => {
      const why = reason.trim();
      return ledger.suggestions.dismiss(promptName, id, { reason: why === '' ? null : why });
    },
    onSuccess: () => {
      onDismissed();
      onClose();
      say('The suggestion is dismissed.');
      void refreshPrompts();
    },
  });
  return (
    <FormDialog
      title="Dismiss the suggestion"
      action="Dismiss"
      error={dismiss.error}
      isPending={dismiss.isPending}
      onSubmit={() => dismiss.mutate()}
      onClose={onClose}
    >
      <p className="m-0 break-words text-ink-2">{title}</p>
      <FormField label="Reason, if you like" pointer="/reason">
        {(props) => (
          <Input
            {...props}
            autoFocus
            maxLength={2_000}
            placeholder="It does not apply here, because …"
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        )}
      </FormField>
    </FormDialog>
  );
}
