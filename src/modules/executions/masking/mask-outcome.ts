import { createHash } from 'node:crypto';
import type { CallOutcome } from '../facts/call-outcome.js';
import type { ValueMask } from './value-mask.js';

interface Text {
  readonly text: string;
  readonly truncated: boolean;
  readonly sha256: string;
}

/** Returns a copy of a call's outcome that may be kept, with its values masked. @param mask null to keep everything. */
export function maskOutcome(outcome: CallOutcome, mask: ValueMask | null): CallOutcome {
  if (mask === null) return outcome;
  if (outcome.succeeded) {
    const { completion, output } = outcome;
    const { toolCalls, refusal, extras } = completion;
    return {
      succeeded: true,
      completion: {
        ...maskResponse(completion, mask),
        toolCalls: mask.maskData(toolCalls),
        refusal: mask.maskData(refusal),
        extras: mask.maskData(extras),
      },
      // The error may quote the answer.
      ...(output == null ? {} : { output: mask.maskData(output) }),
    };
  }
  const { failure } = outcome;
  const { partial } = failure;
  const collected = partial?.collected ?? null;
  return {
    succeeded: false,
    failure: {
      ...failure,
      message: mask.maskText(failure.message),
      ...(partial === undefined || collected === null
        ? {}
        : { partial: { ...partial, collected: maskResponse(collected, mask) } }),
    },
  };
}

/** Hashes the kept text, because the original hash would let a value be guessed. A truncated text loses that hash too. */
function maskResponse<Response extends Text>(response: Response, mask: ValueMask): Response {
  const text = mask.maskText(response.text);
  if (text === response.text && !response.truncated) return response;
  return { ...response, text, sha256: createHash('sha256').update(text).digest('hex') };
}
