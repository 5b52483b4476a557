import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { parseJsonObject } from '../../api/parse-json';
import { queryClient } from '../../api/query-client';
import { Input, TextArea } from '../../ui/controls/field';
import { FormField } from '../../ui/form/form';
import { FormDialog } from '../../ui/form/form-dialog';

/** Makes a dataset and opens it. */
export function DatasetDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [schema, setSchema] = useState('');
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: async () =>
      ledger.datasets.create(name.trim(), {
        description: description.trim() || null,
        ...(schema.trim() === '' ? {} : { variables_schema: parseJsonObject(schema, 'The schema') }),
      }),
    onSuccess: async (dataset) => {
      await queryClient.invalidateQueries({ queryKey: ['datasets'] });
      onClose();
      await navigate({ to: '/datasets/$name', params: { name: dataset.name }, search: {} });
    },
  });
  return (
    <FormDialog
      title="Make a dataset"
      action="Make the dataset"
      error={make.error}
      isPending={make.isPending}
      isReady={name.trim() !== ''}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <FormField label="Name" pointer="/name">
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            maxLength={200}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </FormField>
      <FormField label="Description" pointer="/description">
        {(props) => (
          <Input {...props} value={description} onChange={({ target }) => setDescription(target.value)} />
        )}
      </FormField>
      <FormField
        label="JSON Schema of the variables"
        pointer="/variables_schema"
        hint="If you like: items that do not fit it are refused"
      >
        {(props) => (
          <TextArea
            {...props}
            rows={5}
            className="mono"
            value={schema}
            onChange={({ target }) => setSchema(target.value)}
          />
        )}
      </FormField>
    </FormDialog>
  );
}
