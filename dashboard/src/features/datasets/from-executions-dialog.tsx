import type { Dataset } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { Input } from '../../ui/controls/field';
import { Checkbox, FormField } from '../../ui/form/form';
import { FormDialog } from '../../ui/form/form-dialog';
import { count } from '../../ui/text/format';
import { say } from '../../ui/toasts';

/** Makes items from the newest executions of a prompt. */
export function FromExecutionsDialog({
  dataset,
  onDone,
  onClose,
}: {
  readonly dataset: Dataset;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [prompt, setPrompt] = useState('');
  const [environment, setEnvironment] = useState('');
  const [most, setMost] = useState('200');
  const [takesAnswers, setTakesAnswers] = useState(true);
  const take = useMutation({
    mutationFn: async () =>
      ledger.datasets.fromExecutions(
        dataset.name,
        {
          filter: {
            ...(prompt.trim() === '' ? {} : { prompt_name: prompt.trim() }),
            ...(environment.trim() === '' ? {} : { environment: environment.trim() }),
            ...(takesAnswers ? { status: 'succeeded' as const } : {}),
          },
          limit: Number(most),
          ...(takesAnswers ? { expected: 'response' as const } : {}),
        },
        { timeoutMs: 120_000 },
      ),
    onSuccess: ({ added, changed, skipped }) => {
      say(`${count(added)} added, ${count(changed)} changed, ${count(skipped)} passed over.`);
      onDone();
    },
  });
  return (
    <FormDialog
      title="Make items of executions"
      action="Take them"
      error={take.error}
      isPending={take.isPending}
      onSubmit={() => take.mutate()}
      onClose={onClose}
    >
      <FormField label="Prompt" pointer="/filter/prompt_name" hint="Its name; empty: every prompt">
        {(props) => (
          <Input {...props} autoFocus value={prompt} onChange={({ target }) => setPrompt(target.value)} />
        )}
      </FormField>
      <FormField label="Environment" pointer="/filter/environment" hint="Empty: every environment">
        {(props) => (
          <Input {...props} value={environment} onChange={({ target }) => setEnvironment(target.value)} />
        )}
      </FormField>
      <FormField label="At most" pointer="/limit" hint="The newest ones">
        {(props) => (
          <Input
            {...props}
            type="number"
            min={1}
            max={10_000}
            required
            value={most}
            onChange={({ target }) => setMost(target.value)}
          />
        )}
      </FormField>
      <Checkbox
        label="Their answers are what is expected"
        hint="Only executions that succeeded are taken then."
        checked={takesAnswers}
        onChange={setTakesAnswers}
      />
    </FormDialog>
  );
}
