import type { Execution, ExecutionSummary } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { Field, Input } from '../../../ui/controls/field';
import { DataTable } from '../../../ui/data-table';
import { Problem } from '../../../ui/problem';
import { EXECUTION_COLUMNS } from '../execution-columns';

const SHOWN = 20;

/** Asks for the execution to compare with: one of the newest of the same prompt, or any by its id. */
export function ChooseOther({
  execution,
  onChoose,
}: {
  readonly execution: Execution;
  readonly onChoose: (id: string) => void;
}) {
  const [id, setId] = useState('');
  const { prompt_name: name, execution_id: own } = execution;
  const { data, error, refetch } = useQuery({
    queryKey: ['executions', 'to compare', name],
    queryFn: async ({ signal }) =>
      (
        await ledger.executions.list(
          { ...(name === null ? { without: 'prompt' as const } : { prompt_name: name }), limit: SHOWN },
          { signal },
        )
      ).executions,
  });
  const others: readonly ExecutionSummary[] = (data ?? []).filter(({ execution_id: other }) => other !== own);
  return (
    <>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() !== '') onChoose(id.trim());
        }}
      >
        <div className="w-[min(420px,100%)]">
          <Field label="Id of the other execution">
            {(field) => <Input id={field} value={id} onChange={({ target }) => setId(target.value)} />}
          </Field>
        </div>
        <Button type="submit">Compare</Button>
      </form>
      {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
      {others.length > 0 && (
        <>
          <p className="m-0 text-ink-2">
            {name === null
              ? 'Or one of the newest without a prompt:'
              : 'Or one of the newest of this prompt:'}
          </p>
          <DataTable
            label="Executions to compare with"
            columns={EXECUTION_COLUMNS}
            rows={others}
            rowKey={({ execution_id: other }) => other}
            onOpen={({ execution_id: other }) => onChoose(other)}
          />
        </>
      )}
    </>
  );
}
