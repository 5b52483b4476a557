import { NotFoundError } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import { Field, Input } from '../../ui/controls/field';
import { Dialog } from '../../ui/dialog';
import { DialogActions } from '../../ui/dialog-actions';
import { Problem } from '../../ui/problem';
import { say } from '../../ui/toasts';
import { useRun } from './variants/run-store';
import type { Variant } from './variants/variant';

/** Makes an item of a dataset from the variables that were sent and, optionally, the answer as the expected one. */
export function DatasetDialog({
  variant,
  onClose,
}: {
  readonly variant: Variant;
  readonly onClose: () => void;
}) {
  const run = useRun(variant.id);
  const [name, setName] = useState('');
  const [isExpected, setExpected] = useState(true);
  const listId = useId();
  const { data = [] } = useQuery({
    queryKey: ['datasets', 'names'],
    queryFn: async ({ signal }) => (await ledger.datasets.list({ limit: 200 }, { signal })).datasets,
  });
  const adding = useMutation({
    mutationFn: async () => {
      const item = { variables: run?.variables ?? {}, ...(isExpected ? { expected: run?.text ?? '' } : {}) };
      try {
        return await ledger.datasets.addItems(name, [item]);
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        await ledger.datasets.create(name);
        return ledger.datasets.addItems(name, [item]);
      }
    },
    onSuccess: ({ item_count: items }) => {
      say(`${name} has ${items} ${items === 1 ? 'item' : 'items'} now.`);
      void queryClient.invalidateQueries({ queryKey: ['datasets'] });
      onClose();
    },
  });
  return (
    <Dialog title="Add to a dataset" isOpen onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          adding.mutate();
        }}
      >
        <Field label="Dataset" hint="A new name makes a dataset.">
          {(id) => (
            <>
              <Input
                id={id}
                autoFocus
                list={listId}
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
              <datalist id={listId}>
                {data.map(({ name: known }) => (
                  <option key={known} value={known} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <label className="flex items-center gap-2 text-ink-2">
          <input
            type="checkbox"
            checked={isExpected}
            onChange={({ target }) => setExpected(target.checked)}
          />
          This answer is what is expected
        </label>
        {adding.isError && <Problem error={adding.error} />}
        <DialogActions disabled={name.trim() === '' || adding.isPending} onClose={onClose}>
          Add the item
        </DialogActions>
      </form>
    </Dialog>
  );
}
