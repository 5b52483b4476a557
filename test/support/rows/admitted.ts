import type { Begun, Beginning } from '../../../src/modules/executions/record/index.js';
import type { ExecutionParents } from './execution-rows.js';

export type Admitted = Beginning['admitted'];

/** Returns the admission of a text prompt without variables. */
export function admittedFor(
  { promptId, versionId, modelId }: ExecutionParents,
  { promptRevision = null, ...changes }: Partial<Admitted> & { readonly promptRevision?: number | null } = {},
): Admitted {
  return {
    prompt: {
      name: 'greeting',
      version: { promptId, versionId, promptMode: 'full' },
      revision: promptRevision,
      resolvedBy: 'pointer',
    } as unknown as Admitted['prompt'],
    bare: null,
    isBareByMemory: false,
    furtherMessages: null,
    targets: [{ modelId, provider: 'echo', modelName: 'echo', price: null, maxTokens: null }],
    routeName: null,
    extras: {},
    params: {},
    environment: 'dev',
    timeoutMs: 1000,
    maxAttempts: 4,
    onUnknown: 'retry',
    onBudget: 'refuse',
    cacheTtlS: null,
    callbackUrl: null,
    maskRules: null,
    kept: null,
    batchId: null,
    correlationId: null,
    arm: null,
    metadata: null,
    variablesJson: '{"b": 1, "a": 2}',
    rendered: { kind: 'text', text: 'Hello' },
    messages: [{ role: 'user', content: 'Hello' }],
    bound: { inputPicoUsd: null, outputPicoUsd: null, responseTokens: null },
    ...changes,
  };
}

/** Returns the result of beginning an execution, in one word. */
export function begunAs(begun: Begun): 'begun' | 'stale' | 'key_taken' {
  return typeof begun === 'string' ? begun : 'begun';
}
