import type { ExperimentDetail } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import { Select } from '../../../ui/controls/field';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { Problem } from '../../../ui/problem';
import { saveFile } from '../../../ui/text/save-file';
import { isUnderWay } from '../experiment-status';

const FORMATS = {
  markdown: ['Report: Markdown', 'md', 'text/markdown'],
  junit: ['Report: JUnit', 'xml', 'application/xml'],
  json: ['Report: JSON', 'json', 'application/json'],
} as const;
type Format = keyof typeof FORMATS;

/** Downloads the report as a file, or stops a running experiment. */
export function ExperimentActions({ experiment }: { readonly experiment: ExperimentDetail }) {
  const { experiment_id: id, name, status } = experiment;
  const mayWrite = useMay('evaluations:write');
  const [isCanceling, setCanceling] = useState(false);
  const [format, setFormat] = useState<Format>('markdown');
  const save = useMutation({
    mutationFn: async () => ledger.experiments.report(id, format),
    onSuccess: (text) => {
      const [, ending, type] = FORMATS[format];
      saveFile(`experiment-${id}.${ending}`, text, type);
    },
  });
  return (
    <>
      {save.isError && <Problem error={save.error} />}
      {mayWrite && isUnderWay(status) && (
        <Button tone="danger" onClick={() => setCanceling(true)}>
          Cancel …
        </Button>
      )}
      <Select
        aria-label="Format of the report"
        value={format}
        onChange={({ target }) => setFormat(target.value as Format)}
      >
        {Object.entries(FORMATS).map(([value, [label]]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <Button onClick={() => save.mutate()} disabled={save.isPending}>
        Save the report
      </Button>
      {isCanceling && (
        <ConfirmDialog
          title={`Cancel ${name}?`}
          action="Cancel the experiment"
          done="The experiment is canceled."
          run={() => ledger.experiments.cancel(id)}
          onDone={() => {
            setCanceling(false);
            void queryClient.invalidateQueries({ queryKey: ['experiments'] });
          }}
          onClose={() => setCanceling(false)}
        >
          What waits is canceled, what is being called goes on. What was found so far stays.
        </ConfirmDialog>
      )}
    </>
  );
}
