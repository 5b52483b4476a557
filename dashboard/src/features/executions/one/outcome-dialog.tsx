import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { say } from '../../../ui/toasts';

/** Records an outcome of an execution. */
export function OutcomeDialog({
  executionId,
  onDone,
  onClose,
}: {
  readonly executionId: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [metric, setMetric] = useState('');
  const [value, setValue] = useState<'true' | 'false' | 'number'>('true');
  const [number, setNumber] = useState('');
  const record = useMutation({
    mutationFn: async () =>
      ledger.outcomes.record({
        execution_id: executionId,
        metric: metric.trim(),
        value: value === 'number' ? Number(number) : value === 'true',
      }),
    onSuccess: ({ recorded, metric: name, value: counting }) => {
      say(
        recorded
          ? `${name} is ${counting}.`
          : `Nothing changed: ${name} was ${counting} before, and the first value counts.`,
      );
      onDone();
    },
  });
  return (
    <FormDialog
      title="Record an outcome"
      action="Record it"
      error={record.error}
      isPending={record.isPending}
      isReady={metric.trim() !== '' && (value !== 'number' || number !== '')}
      onSubmit={() => record.mutate()}
      onClose={onClose}
    >
      <FormField label="Metric" pointer="/metric" hint="A name that you choose, such as resolved">
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            value={metric}
            onChange={({ target }) => setMetric(target.value)}
          />
        )}
      </FormField>
      <FormField
        label="Value"
        {...(value === 'number' ? {} : { pointer: '/value' })}
        hint="It cannot be changed afterwards: the first value counts."
      >
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={value}
            onChange={({ target }) => setValue(target.value as typeof value)}
          >
            <option value="true">true</option>
            <option value="false">false</option>
            <option value="number">a number</option>
          </Select>
        )}
      </FormField>
      {value === 'number' && (
        <FormField label="Number" pointer="/value">
          {(props) => (
            <Input
              {...props}
              type="number"
              step="any"
              required
              value={number}
              onChange={({ target }) => setNumber(target.value)}
            />
          )}
        </FormField>
      )}
    </FormDialog>
  );
}
