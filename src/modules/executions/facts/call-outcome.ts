import type { ExecutionErrorType } from '../../../entities/index.js';
import type { Completion, PartialCompletion } from '../../providers/index.js';
import type { OutputCheck } from './output-check.js';

export interface CallFailure {
  readonly kind: ExecutionErrorType;
  readonly message: string;
  /** The vendor's HTTP status; null when there was none. */
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly providerRequestId: string | null;
  readonly latencyMs: number;
  /** What the provider itself says about a retry; left out or null when it says nothing, so that the kind of the failure decides. */
  readonly shouldRetry?: boolean | null;
  /** The part of the answer that had arrived. */
  readonly partial?: Readonly<PartialCompletion>;
}

export type CallOutcome =
  | {
      readonly succeeded: true;
      readonly completion: Completion;
      /** Absent where there was no schema to check against. */
      readonly output?: OutputCheck | null;
    }
  | { readonly succeeded: false; readonly failure: CallFailure };

/** Returns the tokens known to have been used, of prompt and answer. */
export function countTokens(outcome: CallOutcome): number {
  const end = outcome.succeeded ? outcome.completion : outcome.failure.partial?.end;
  return (end?.usage.promptTokens ?? 0) + (end?.usage.responseTokens ?? 0);
}

/** Failures that no vendor bills, unless it had begun to answer. */
const FREE_FAILURES: readonly ExecutionErrorType[] = [
  'rate_limited',
  'provider_rejected',
  'provider_error',
  'internal',
];

/** Whether the request certainly never left, because its deadline was over before or no connection was established. */
export function isUnsent(outcome: CallOutcome): boolean {
  return !outcome.succeeded && outcome.failure.partial?.wasSent === false;
}

/**
 * Whether a call certainly cost nothing. The cost of any other failure is unknown. The ending settles the hold of the attempt
 * by this verdict.
 */
export function isFree(outcome: CallOutcome): boolean {
  if (outcome.succeeded) return false;
  if (isUnsent(outcome)) return true;
  const { kind, partial } = outcome.failure;
  return FREE_FAILURES.includes(kind) && partial?.answerBegan !== true;
}
