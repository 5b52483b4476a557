import type { Execution } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';

/** The first parts of the query keys whose results contain contents. */
const SHOWING = ['executions', 'scores', 'datasets', 'experiments'];

/** Erases the content of an execution that is over, for those who may. */
export function EraseButton({ execution }: { readonly execution: Execution }) {
  const { execution_id: id, completed_at: completedAt, content_erased_at: erasedAt = null } = execution;
  const mayErase = useMay('content:erase');
  const [isAsking, setAsking] = useState(false);
  if (!mayErase || completedAt === null || erasedAt !== null) return null;
  const forget = async () => {
    const isShowing = ({ queryKey: [kind] }: { readonly queryKey: readonly unknown[] }) =>
      SHOWING.includes(String(kind));
    queryClient.removeQueries({ predicate: isShowing, type: 'inactive' });
    await queryClient.invalidateQueries({ predicate: isShowing });
    setAsking(false);
  };
  return (
    <>
      <Button tone="danger" onClick={() => setAsking(true)}>
        Erase content …
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="Erase the content of this execution?"
          action="Erase it for ever"
          done="The content is gone."
          run={() => ledger.executions.eraseContent(id)}
          onDone={() => void forget()}
          onClose={() => setAsking(false)}
        >
          <ul className="m-0 grid list-disc gap-1.5 pl-4">
            <li>
              Gone for ever: variables, prompt, answer, calls of tools, metadata and texts of errors; with
              them the explanations of scores, the judgements of the answer, and what datasets have of it.
            </li>
            <li>What stays: its status, times, tokens, costs and model, and the values of scores.</li>
            <li>
              Its <span className="mono">Idempotency-Key</span> is refused from then on, and no other request
              is answered from it by the cache. Those that were are erased one by one.
            </li>
          </ul>
        </ConfirmDialog>
      )}
    </>
  );
}
