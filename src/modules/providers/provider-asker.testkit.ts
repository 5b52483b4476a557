import { complete, type Completion, type CompletionLimits } from './complete.js';
import type { ModelProvider, ProviderError, ProviderMessage, ProviderParams } from './provider.contract.js';

const LIMITS: CompletionLimits = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 512_000 };

export interface Question {
  readonly modelName?: string;
  readonly messages?: readonly ProviderMessage[];
  readonly params?: ProviderParams;
}

/** Asks a provider as `attempt-1`, by default `prompt` of `modelName`. */
export function askerOf(
  provider: () => ModelProvider,
  modelName: string,
  prompt: string,
): (question?: Question) => Promise<Completion> {
  return (question = {}) =>
    complete(
      provider(),
      {
        modelName: question.modelName ?? modelName,
        messages: question.messages ?? [{ role: 'user', content: prompt }],
        params: question.params ?? {},
        attemptId: 'attempt-1',
      },
      LIMITS,
    );
}

export async function failureOf(call: Promise<Completion>): Promise<ProviderError> {
  return (await call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error,
  )) as ProviderError;
}
