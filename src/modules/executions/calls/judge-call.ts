import type { CircuitOutcome } from '../../providers/index.js';
import type { CallFailure, CallOutcome } from '../facts/call-outcome.js';

/**
 * The share of the default timeout after which a timeout counts against a provider. It is less than one, because the work
 * before the call uses part of the same time.
 */
const ENTITLED_PART = 0.9;

/** A reader that stalled for this long may be why the connection broke, because vendors close connections that are not read. */
const SLOW_READER_MS = 1000;

/**
 * Judges the provider by one call. The circuit opens for every caller, so conditions that one caller chose never count against
 * the provider: a short deadline, a disconnect, a slow reader, or a limit on the size of the answer.
 *
 * @param defaultTimeoutMs the time that a call has unless less is asked for.
 */
export function judgeCall(outcome: CallOutcome, defaultTimeoutMs: number): CircuitOutcome {
  if (outcome.succeeded) return 'success';
  const { failure } = outcome;
  switch (failure.kind) {
    case 'timeout':
      return judgeTimeout(failure, defaultTimeoutMs);
    case 'connection':
      return (failure.partial?.readerMs ?? 0) >= SLOW_READER_MS ? 'silent' : 'failure';
    case 'provider_error':
      return failure.partial?.isCut === true ? 'answered' : 'failure';
    case 'rate_limited':
    case 'provider_rejected':
      return 'answered';
    default:
      return 'silent';
  }
}

function judgeTimeout({ partial }: CallFailure, defaultTimeoutMs: number): CircuitOutcome {
  // Either the adapter's own timeout or a silence as long as the operator allows. The caller chose neither.
  const interruptedBy = partial?.interruptedBy ?? null;
  if (interruptedBy === null || interruptedBy === 'silence') return 'failure';
  return (partial?.providerMs ?? 0) >= ENTITLED_PART * defaultTimeoutMs ? 'failure' : 'silent';
}
