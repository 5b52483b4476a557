import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { FormField } from '../../../ui/form/form';

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
  return (
    <EditDialog
      title="Make a project"
      action="Make the project"
      isReady={name.trim() !== ''}
      save={() => ledger.projects.create({ name: name.trim() })}
      done={(project) => `Project ${project.name} is there.`}
      onDone={onDone}
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
    </EditDialog>
  );
}
