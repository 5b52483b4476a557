import type { ExecutionErrorType } from '../../../entities/index.js';
import type { CauseFacts, VersionFacts } from '../facts/version-facts.js';
import type { SampledAttempt, SampledExecution } from './facts.repository.js';

const MOST_EXAMPLES = 5;
/** Failures caused by callers show nothing about the version. */
const OF_CALLERS = new Set<ExecutionErrorType>(['client_closed', 'budget_exceeded']);

/** Returns whether an execution shows something about the version. */
export function isTelling({ errorType }: SampledExecution): boolean {
  return errorType === null || !OF_CALLERS.has(errorType);
}

export function summarizeAnswers(executions: readonly SampledExecution[]): VersionFacts['answers'] {
  const answered = executions.filter(
    ({ status, cacheHit, responseTokens }) => status === 'succeeded' && !cacheHit && responseTokens !== null,
  );
  const tokens = answered.map(({ responseTokens }) => responseTokens ?? 0).sort((a, b) => a - b);
  const longest = tokens.at(-1);
  if (longest === undefined) return null;
  return {
    count: tokens.length,
    p99Tokens: tokens[Math.ceil(tokens.length * 0.99) - 1] ?? longest,
    maxTokens: longest,
    executionIds: answered
      .filter(({ responseTokens }) => responseTokens === longest)
      .slice(0, MOST_EXAMPLES)
      .map(({ executionId }) => executionId),
  };
}

/** Returns the limit that all executions were sent with; null for several limits or none. */
export function findBound(executions: readonly SampledExecution[]): number | null {
  const [bound, ...others] = new Set(executions.map(({ maxNewTokens }) => maxNewTokens));
  return others.length > 0 ? null : (bound ?? null);
}

/** @param commonPrefix the number of tokens with which all prompts begin alike. */
export function summarizePromptTokens(
  executions: readonly SampledExecution[],
  commonPrefix: number,
): VersionFacts['promptTokens'] {
  // Skip vendors that do not report their cache.
  const told = executions.filter(
    ({ cacheHit, promptTokens, cachedPromptTokens }) =>
      !cacheHit && promptTokens !== null && cachedPromptTokens !== null,
  );
  if (told.length === 0) return null;
  return {
    executions: told.length,
    total: told.reduce((sum, { promptTokens }) => sum + (promptTokens ?? 0), 0),
    cached: told.reduce((sum, { cachedPromptTokens }) => sum + (cachedPromptTokens ?? 0), 0),
    commonPrefix,
  };
}

/** @param pointers where answers violate the schema; all indexes of a list count as one place. */
export function summarizeSchema(
  executions: readonly SampledExecution[],
  pointers: readonly { readonly executionId: string; readonly pointer: string }[],
): VersionFacts['schema'] {
  const checked = executions.filter(({ outputValid }) => outputValid !== null).length;
  if (checked === 0) return null;
  const byPointer = groupBy(pointers, ({ pointer }) => pointer.replace(/\/\d+(?=\/|$)/gu, '/*'));
  const failures = [...byPointer]
    .map(([pointer, found]) => ({
      pointer,
      count: found.length,
      executionIds: found.slice(0, MOST_EXAMPLES).map(({ executionId }) => executionId),
    }))
    .sort((one, other) => other.count - one.count);
  return { checked, failures: failures.slice(0, MOST_CAUSES) };
}

const MOST_CAUSES = 20;

/** A model with an open circuit is skipped, so no attempt records the cause. */
const UNASKED = 'circuit_open';

/** Counts retries on the same model, and fallbacks to another model. @param attempts of each execution, in order. */
export function summarizeAttempts(
  executions: readonly Pick<SampledExecution, 'executionId' | 'passedOver'>[],
  attempts: readonly SampledAttempt[],
): Pick<VersionFacts, 'retries' | 'fallbacks'> {
  const retries: { readonly cause: string; readonly executionId: string }[] = [];
  const fallbacks: ((typeof retries)[number] & { readonly from: string; readonly to: string })[] = [];
  const passedOver = new Map(executions.map((execution) => [execution.executionId, execution.passedOver]));
  for (const [executionId, made] of groupBy(attempts, (attempt) => attempt.executionId)) {
    const from = passedOver.get(executionId) ?? null;
    const [{ model: to } = { model: from }] = made;
    if (from !== null && to !== null && from !== to)
      fallbacks.push({ cause: UNASKED, executionId, from, to });
    for (const [nth, attempt] of made.entries()) {
      const next = made[nth + 1];
      if (next === undefined || attempt.status === 'succeeded') continue;
      const cause = attempt.errorType ?? attempt.status;
      if (next.model === attempt.model) retries.push({ cause, executionId });
      else fallbacks.push({ cause, executionId, from: attempt.model, to: next.model });
    }
  }
  return {
    retries: [...groupBy(retries, ({ cause }) => cause)]
      .slice(0, MOST_CAUSES)
      .map(([cause, found]) => toCause(cause, found)),
    fallbacks: [...groupBy(fallbacks, ({ cause, from, to }) => JSON.stringify([cause, from, to]))]
      .slice(0, MOST_CAUSES)
      .flatMap(([, found]) => {
        const [first] = found;
        return first === undefined
          ? []
          : [{ ...toCause(first.cause, found), from: first.from, to: first.to }];
      }),
  };
}

function toCause(cause: string, found: readonly { readonly executionId: string }[]): CauseFacts {
  const ids = new Set(found.map(({ executionId }) => executionId));
  return { cause, count: found.length, executionIds: [...ids].slice(0, MOST_EXAMPLES) };
}

function groupBy<Each>(all: readonly Each[], keyFor: (each: Each) => string): Map<string, Each[]> {
  const groups = new Map<string, Each[]>();
  for (const each of all) {
    const key = keyFor(each);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}
