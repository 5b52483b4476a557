import type { AddedItems, AddItemsMode, Dataset } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { Input, Select } from '../../ui/controls/field';
import { FormField } from '../../ui/form/form';
import { FormDialog } from '../../ui/form/form-dialog';
import { count } from '../../ui/text/format';
import { say } from '../../ui/toasts';
import { readItems } from './reading/read-items';

interface Progress {
  readonly sent: number;
  readonly total: number;
}

/** Reads a file, and adds its items in one version: all of them, or none. */
export function ImportDialog({
  dataset,
  onDone,
  onClose,
}: {
  readonly dataset: Dataset;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<AddItemsMode>('append');
  const [progress, setProgress] = useState<Progress | null>(null);
  const take = useMutation({
    mutationFn: async (chosen: File): Promise<AddedItems> => {
      setProgress({ sent: 0, total: 0 });
      const items = readItems(chosen.name, await chosen.text());
      setProgress({ sent: 0, total: items.length });
      return ledger.datasets.addItems(dataset.name, items, {
        mode,
        timeoutMs: 300_000,
        onProgress: (sent) => setProgress({ sent, total: items.length }),
      });
    },
    onSuccess: ({ added, changed, removed }) => {
      say(`${count(added)} added, ${count(changed)} changed, ${count(removed)} removed.`);
      onDone();
    },
    onSettled: () => setProgress(null),
  });
  return (
    <FormDialog
      title={`Import into ${dataset.name}`}
      action={take.isPending ? 'Importing …' : 'Import the items'}
      error={take.error}
      isPending={take.isPending}
      isReady={file !== null}
      onSubmit={() => file !== null && take.mutate(file)}
      onClose={onClose}
    >
      <FormField
        label="File"
        hint="CSV with a row of names, JSON with a list of items, or JSON lines. Everything is kept as it is written."
      >
        {(props) => (
          <Input
            {...props}
            type="file"
            accept=".csv,.json,.jsonl,.ndjson"
            onChange={({ target }) => {
              setFile(target.files?.[0] ?? null);
              take.reset();
            }}
          />
        )}
      </FormField>
      <FormField label="Its items" pointer="/mode">
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={mode}
            onChange={({ target }) => setMode(target.value as AddItemsMode)}
          >
            <option value="append">are added; those with a known id take its place</option>
            <option value="replace">replace all that there are</option>
          </Select>
        )}
      </FormField>
      {progress !== null && (
        <div role="status" className="grid gap-1 text-ink-2">
          <progress
            aria-label="Items sent"
            className="w-full accent-accent"
            max={Math.max(1, progress.total)}
            value={progress.sent}
          />
          {progress.total === 0
            ? 'Reading the file …'
            : `${count(progress.sent)} of ${count(progress.total)} items sent`}
        </div>
      )}
    </FormDialog>
  );
}
