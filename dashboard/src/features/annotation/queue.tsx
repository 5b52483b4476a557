import type { ExecutionList, ExecutionSummary, Scorer } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ledger } from '../../api/ledger';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { Problem } from '../../ui/problem';
import { given } from '../../ui/search-params';
import type { AnnotationSearch } from './annotation-search';
import { Judge } from './judge';

const executionsOf = ({ executions }: ExecutionList) => executions;

/** Goes through the executions, newest first, and passes over those that are judged. */
export function Queue({ scorer, search }: { readonly scorer: Scorer; readonly search: AnnotationSearch }) {
  const { prompt, environment, batch, show } = search;
  const query = given({ prompt_name: prompt, environment, batch_id: batch });
  const { items, isPending, error, retry, hasNextPage, readOn, onSight } = usePages<
    ExecutionSummary,
    ExecutionList
  >(
    ['executions', 'to judge', query],
    (signal) => ledger.executions.list({ ...query, status: 'succeeded', limit: 100 }, { signal }),
    executionsOf,
  );
  const [at, setAt] = useState(0);
  /** Those that were passed over or judged here, so that the way back leads to them. */
  const [seen, setSeen] = useState<readonly number[]>([]);
  const current = items.at(at);
  const scores = useQuery({
    queryKey: ['scores', scorer.name, current?.execution_id],
    queryFn: async ({ signal }) =>
      (
        await ledger.scores.list(
          given({ execution_id: current?.execution_id, scorer: scorer.name, limit: 1 }),
          { signal },
        )
      ).scores,
    enabled: current !== undefined,
  });
  const before = scores.data?.[0] ?? null;
  const isJudged = before !== null && show !== 'all' && !seen.includes(at);
  useEffect(() => {
    if (isJudged) setAt((place) => place + 1);
  }, [isJudged, at]);
  useEffect(() => {
    onSight(at, at + 1);
    if (at >= items.length - 5) readOn();
  }, [at, items, onSight, readOn]);

  if (error !== null && current === undefined) {
    return (
      <div className="p-5">
        <Problem error={error} onRetry={retry} />
      </div>
    );
  }
  if (current === undefined) {
    if (isPending || hasNextPage || at < items.length) return <Wait />;
    return (
      <EmptyState
        title={items.length === 0 ? 'No answer fits' : 'All of them are judged'}
        command={`curl ${window.location.origin}/v1/executions:run \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"messages": [{"role": "user", "content": "Say hello."}], "model": "echo/echo"}'`}
      >
        Here come the answers of executions that succeeded, newest first, one at a time. The next one comes
        with the next execution:
      </EmptyState>
    );
  }
  if (scores.error !== null) {
    return (
      <div className="p-5">
        <Problem error={scores.error} onRetry={() => void scores.refetch()} />
      </div>
    );
  }
  if (scores.data === undefined || isJudged) return <Wait />;
  const move = (to: number) => {
    setSeen((places) => [...places, at]);
    setAt(to);
  };
  const former = seen.filter((place) => place < at).at(-1);
  return (
    <Judge
      key={current.execution_id}
      scorer={scorer}
      executionId={current.execution_id}
      before={before}
      onNext={() => move(at + 1)}
      onBack={former === undefined ? null : () => move(former)}
    />
  );
}

function Wait() {
  return (
    <p role="status" className="m-0 p-5 text-ink-3">
      Looking for the next one …
    </p>
  );
}
