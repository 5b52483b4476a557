import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { say } from '../../../ui/toasts';

const NAME_CODES = ['PROJECT_EXISTS'];

/** Makes a project, with the models and prices of the catalogue. */
export function NewProjectDialog({
  onDone,
  onClose,
}: {
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: async () => ledger.projects.create({ name: name.trim() }),
    onSuccess: (project) => {
      say(`Project ${project.name} is there.`);
      onDone();
    },
  });
  return (
    <FormDialog
      title="Make a project"
      action="Make the project"
      error={make.error}
      isPending={make.isPending}
      isReady={name.trim() !== ''}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <FormField
        label="Name"
        pointer="/name"
        codes={NAME_CODES}
        hint="Prompts, keys, members, models and budgets belong to one project, and are nothing to another"
      >
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
    </FormDialog>
  );
}
