import type { Outcome } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { OutcomeDialog } from './outcome-dialog';

/** The most outcomes shown; the API lists all. */
const MOST = 50;

/** Shows the outcomes of an execution, and records them. Shows nothing if there are none and the caller may not record any. */
export function OutcomesPanel({ executionId }: { readonly executionId: string }) {
  const mayRecord = useMay('scores:write');
  const [isRecording, setRecording] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['outcomes', 'execution', executionId],
    queryFn: async ({ signal }) =>
      (await ledger.outcomes.list({ execution_id: executionId, limit: MOST }, { signal })).outcomes,
  });
  if (error !== null) return <Problem error={error} onRetry={() => void refetch()} />;
  if (data === undefined || (data.length === 0 && !mayRecord)) return null;
  return (
    <Panel
      title="Outcomes"
      note={data.length === MOST ? `the latest ${MOST}` : undefined}
      aside={mayRecord && <Button onClick={() => setRecording(true)}>Record an outcome</Button>}
    >
      {data.length === 0 ? (
        <p className="m-0 px-3.5 py-2.5 text-ink-3">
          None yet: an outcome says what came of the answer, such as resolved.
        </p>
      ) : (
        <ul className="m-0 list-none p-0">
          {data.map((outcome) => (
            <OutcomeLine key={outcome.outcome_id} outcome={outcome} />
          ))}
        </ul>
      )}
      {isRecording && (
        <OutcomeDialog
          executionId={executionId}
          onDone={() => {
            setRecording(false);
            void queryClient.invalidateQueries({ queryKey: ['outcomes'] });
          }}
          onClose={() => setRecording(false)}
        />
      )}
    </Panel>
  );
}

function OutcomeLine({
  outcome: { metric, value, created_by: by, created_at: at },
}: {
  readonly outcome: Outcome;
}) {
  return (
    <li className="border-b px-3.5 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 grow font-[560] break-words">{visibleText(metric)}</span>
        <span className="tabular-nums">{String(value)}</span>
      </div>
      <p className="m-0 mt-1 break-words text-ink-3">
        {`${visibleText(by)} · `}
        <Time at={at} />
      </p>
    </li>
  );
}
