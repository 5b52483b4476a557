import {
  complete,
  type Completion,
  type CompletionLimits,
  type CompletionObserver,
} from '../calls/complete.js';
import type { ModelProvider, ProviderError, ProviderRequest } from '../provider.contract.js';

const LIMITS: CompletionLimits = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 512_000 };

export type Question = Partial<Omit<ProviderRequest, 'attemptId' | 'signal'>>;

/** Asks a provider as `attempt-1`, by default `prompt` of `modelName`. Without an observer it asks for a whole answer. */
export function askerOf(
  provider: () => ModelProvider,
  modelName: string,
  prompt: string,
  onEvent?: CompletionObserver,
): (question?: Question) => Promise<Completion> {
  return (question = {}) =>
    complete(
      provider(),
      {
        modelName,
        messages: [{ role: 'user', content: prompt }],
        params: {},
        ...question,
        attemptId: 'attempt-1',
      },
      LIMITS,
      onEvent,
    );
}

export async function failureOf(call: Promise<Completion>): Promise<ProviderError> {
  return (await call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error,
  )) as ProviderError;
}
