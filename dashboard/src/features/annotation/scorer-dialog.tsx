import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import { Input } from '../../ui/controls/field';
import { FormField } from '../../ui/form/form';
import { FormDialog } from '../../ui/form/form-dialog';
import { say } from '../../ui/toasts';

const NAME_CODES = ['SCORER_KIND_MISMATCH'];

/** Makes a scorer for people: its labels, and which of them pass. */
export function ScorerDialog({
  onMade,
  onClose,
}: {
  readonly onMade: (name: string) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [good, setGood] = useState('good');
  const [bad, setBad] = useState('bad');
  const make = useMutation({
    mutationFn: async () => {
      const labels = [...splitLabels(good, true), ...splitLabels(bad, false)];
      return ledger.scorers.put(name.trim(), { kind: 'human', labels: Object.fromEntries(labels) });
    },
    onSuccess: async ({ scorer }) => {
      await queryClient.invalidateQueries({ queryKey: ['scorers'] });
      say(`Scorer ${scorer.name} is there.`);
      onMade(scorer.name);
    },
  });
  return (
    <FormDialog
      title="Make a scorer of people"
      action="Make the scorer"
      error={make.error}
      isPending={make.isPending}
      isReady={name.trim() !== ''}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <FormField label="Name" pointer="/name" codes={NAME_CODES} hint="What is asked, such as helpful">
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </FormField>
      <FormField label="Labels that pass" pointer="/labels" hint="With commas between them">
        {(props) => (
          <Input {...props} required value={good} onChange={({ target }) => setGood(target.value)} />
        )}
      </FormField>
      <FormField label="Labels that do not" hint="With commas between them">
        {(props) => <Input {...props} required value={bad} onChange={({ target }) => setBad(target.value)} />}
      </FormField>
    </FormDialog>
  );
}

function splitLabels(text: string, passes: boolean): readonly (readonly [label: string, passes: boolean])[] {
  return text
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '')
    .map((label) => [label, passes] as const);
}
