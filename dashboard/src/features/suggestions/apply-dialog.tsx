import type { Suggestion } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { Input } from '../../ui/controls/field';
import { Checkbox, FormField } from '../../ui/form/form';
import { FormDialog } from '../../ui/form/form-dialog';
import { tell } from '../../ui/problem';
import { say } from '../../ui/toasts';
import { refreshPrompts } from './suggestions-queries';

/** Makes a draft with the patch, and opens it. */
export function ApplyDialog({
  promptName: name,
  suggestion: { suggestion_id: id, title },
  onClose,
}: {
  readonly promptName: string;
  readonly suggestion: Suggestion;
  readonly onClose: () => void;
}) {
  const [message, setMessage] = useState('');
  const [allowsOlder, setAllowsOlder] = useState(false);
  const navigate = useNavigate();
  const apply = useMutation({
    mutationFn: async () =>
      ledger.suggestions.apply(name, id, {
        ...(message.trim() === '' ? {} : { commit_message: message.trim() }),
        ...(allowsOlder ? { allow_older: true } : {}),
      }),
    onSuccess: ({ version: { version_number: version } }) => {
      onClose();
      say(`Version ${version} is a draft with the change.`);
      void refreshPrompts();
      void navigate({ to: '/prompts/$name', params: { name }, search: { tab: 'versions', version } });
    },
  });
  const isStale = apply.isError && tell(apply.error).code === 'SUGGESTION_STALE';
  return (
    <FormDialog
      title="Make a draft of the suggestion"
      action="Make the draft"
      error={apply.error}
      isPending={apply.isPending}
      onSubmit={() => apply.mutate()}
      onClose={onClose}
    >
      <p className="m-0 text-ink-2">A new version with the patch. Nothing runs it until somebody says so.</p>
      <FormField label="What changes, and why" pointer="/commit_message">
        {(props) => (
          <Input
            {...props}
            autoFocus
            maxLength={10_000}
            placeholder={title}
            value={message}
            onChange={({ target }) => setMessage(target.value)}
          />
        )}
      </FormField>
      {(isStale || allowsOlder) && (
        <Checkbox
          label="Make it all the same, without what the newer version changes"
          checked={allowsOlder}
          onChange={setAllowsOlder}
        />
      )}
    </FormDialog>
  );
}
