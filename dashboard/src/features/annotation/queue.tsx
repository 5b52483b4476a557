import type { ExecutionList, ExecutionSummary, Scorer } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ledger } from '../../api/ledger';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { findMoved, type Rows } from '../../ui/pages/rows';
import { Problem } from '../../ui/problem';
import { given } from '../../ui/search-params';
import type { AnnotationSearch } from './annotation-search';
import { Judge } from './judge';

/** A position in the queue and the execution at it, or null until that is known. Newer executions move both down. */
interface Place {
  readonly index: number;
  readonly key: string | null;
}

const START: Place = { index: 0, key: null };

const executionsOf = ({ executions }: ExecutionList) => executions;
const keyOf = ({ execution_id: id }: ExecutionSummary) => id;

function findAgain(items: Rows<ExecutionSummary>, { index, key }: Place): number {
  return key === null ? index : (findMoved(items, keyOf, { index, key }) ?? index);
}

/** Goes through the executions, newest first, and skips those that are judged. */
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
  const [place, setPlace] = useState<Place>(START);
  /** The executions that were skipped or judged here, so that the way back leads to them. */
  const [seen, setSeen] = useState<readonly Place[]>([]);
  const at = findAgain(items, place);
  const executionId = place.key ?? items.at(at)?.execution_id;
  const scores = useQuery({
    queryKey: ['scores', scorer.name, executionId],
    queryFn: async ({ signal }) =>
      (
        await ledger.scores.list(given({ execution_id: executionId, scorer: scorer.name, limit: 1 }), {
          signal,
        })
      ).scores,
    enabled: executionId !== undefined,
  });
  const before = scores.data?.[0] ?? null;
  const isJudged = before !== null && show !== 'all' && !seen.some(({ key }) => key === executionId);
  useEffect(() => {
    if (isJudged) setPlace({ index: at + 1, key: null });
  }, [isJudged, at]);
  useEffect(() => {
    if (executionId === undefined || (place.key === executionId && place.index === at)) return;
    setPlace({ index: at, key: executionId });
    const moved = at - place.index;
    if (moved !== 0) setSeen((places) => places.map(({ index, key }) => ({ index: index + moved, key })));
  }, [at, executionId, place]);
  useEffect(() => {
    onSight(at, at + 1);
    if (at >= items.length - 5) readOn();
  }, [at, items, onSight, readOn]);

  if (error !== null && executionId === undefined) {
    return (
      <div className="p-5">
        <Problem error={error} onRetry={retry} />
      </div>
    );
  }
  if (executionId === undefined) {
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
  const move = (to: Place) => {
    setSeen((places) => [...places, { index: at, key: executionId }]);
    setPlace(to);
  };
  const former = seen.filter(({ index }) => index < at).at(-1);
  return (
    <Judge
      key={executionId}
      scorer={scorer}
      executionId={executionId}
      before={before}
      onNext={() => move({ index: at + 1, key: null })}
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
