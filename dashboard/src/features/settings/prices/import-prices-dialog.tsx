import type { ImportedPrices, ImportPricesRequest } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { parseJson } from '../../../api/parse-json';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { Dialog } from '../../../ui/dialog';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { count } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';

/** Imports prices from LiteLLM's public file, and reports the result for each entry. */
export function ImportPricesDialog({
  onImported,
  onClose,
}: {
  readonly onImported: () => void;
  readonly onClose: () => void;
}) {
  const [file, setFile] = useState<File | null>(null);
  const take = useMutation({
    mutationFn: async (chosen: File) => {
      const prices = parseJson(await chosen.text()) as ImportPricesRequest['prices'];
      return ledger.prices.import({ format: 'litellm', prices }, { timeoutMs: 120_000 });
    },
    onSuccess: onImported,
  });
  if (take.data !== undefined) return <Outcome imported={take.data} onClose={onClose} />;
  return (
    <FormDialog
      title="Import prices"
      action={take.isPending ? 'Importing …' : 'Import the prices'}
      error={take.error}
      isPending={take.isPending}
      isReady={file !== null}
      onSubmit={() => file !== null && take.mutate(file)}
      onClose={onClose}
    >
      <FormField
        label="LiteLLM’s file model_prices_and_context_window.json"
        pointer="/prices"
        hint="What can be taken is taken; a price that has changed ends when the new one begins."
      >
        {(props) => (
          <Input
            {...props}
            type="file"
            accept=".json,application/json"
            onChange={({ target }) => setFile(target.files?.[0] ?? null)}
          />
        )}
      </FormField>
    </FormDialog>
  );
}

function Outcome({
  imported: { added, changed, unchanged, skipped },
  onClose,
}: {
  readonly imported: ImportedPrices;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title="The prices are imported" isOpen onClose={onClose}>
      <div className="grid gap-3">
        <p className="m-0">{`${count(added)} added, ${count(changed)} changed, ${count(unchanged)} as they were, ${count(skipped.length)} skipped.`}</p>
        {skipped.length > 0 && (
          <ul className="m-0 max-h-[40vh] list-none overflow-auto p-0" tabIndex={0} aria-label="Skipped">
            {skipped.map(({ name, reason }) => (
              <li key={name} className="border-b py-1 break-words last:border-b-0">
                <span className="mono">{visibleText(name)}</span>{' '}
                <span className="text-ink-2">{visibleText(reason)}</span>
              </li>
            ))}
          </ul>
        )}
        <div className="flex justify-end">
          <Button tone="primary" onClick={onClose}>
            Close
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
