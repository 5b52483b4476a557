import type { Dataset, NewDatasetItem } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { parseJson, parseJsonObject } from '../../api/parse-json';
import { Input, TextArea } from '../../ui/controls/field';
import { FormField } from '../../ui/form/form';
import { FormDialog } from '../../ui/form/form-dialog';
import { say } from '../../ui/toasts';

/** Adds one item, or replaces the one with its id. */
export function NewItemDialog({
  dataset,
  onDone,
  onClose,
}: {
  readonly dataset: Dataset;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [id, setId] = useState('');
  const [variables, setVariables] = useState('{}');
  const [expected, setExpected] = useState('');
  const add = useMutation({
    mutationFn: async () => {
      const item: NewDatasetItem = {
        ...(id.trim() === '' ? {} : { external_id: id.trim() }),
        variables: parseJsonObject(variables, 'The variables'),
        ...(expected.trim() === '' ? {} : { expected: readExpected(expected) }),
      };
      return ledger.datasets.addItems(dataset.name, [item]);
    },
    onSuccess: ({ changed }) => {
      say(changed > 0 ? 'The item is changed.' : 'The item is added.');
      onDone();
    },
  });
  return (
    <FormDialog
      title="Add an item"
      action="Add the item"
      error={add.error}
      isPending={add.isPending}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <FormField
        label="Id"
        pointer="/items/0/external_id"
        hint="If you like: an item that has it already is replaced"
      >
        {(props) => (
          <Input {...props} maxLength={255} value={id} onChange={({ target }) => setId(target.value)} />
        )}
      </FormField>
      <FormField label="Variables, as JSON" pointer="/items/0/variables">
        {(props) => (
          <TextArea
            {...props}
            rows={5}
            className="mono"
            value={variables}
            onChange={({ target }) => setVariables(target.value)}
          />
        )}
      </FormField>
      <FormField
        label="Expected answer"
        pointer="/items/0/expected"
        hint="A text, or JSON where it begins with a bracket or a quote; empty: nothing is expected"
      >
        {(props) => (
          <TextArea
            {...props}
            rows={3}
            className="mono"
            value={expected}
            onChange={({ target }) => setExpected(target.value)}
          />
        )}
      </FormField>
    </FormDialog>
  );
}

function readExpected(text: string): unknown {
  return /^\s*[[{"]/.test(text) ? parseJson(text) : text;
}
