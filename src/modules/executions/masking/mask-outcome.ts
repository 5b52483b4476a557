import { createHash } from 'node:crypto';
import type { CallOutcome } from '../facts/call-outcome.js';
import type { ValueMask } from './value-mask.js';

interface Text {
  readonly text: string;
  readonly truncated: boolean;
  readonly sha256: string;
}

/** Returns the outcome of a call as it may be kept: without the values that are masked. @param mask null: everything may be kept. */
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
      // An error about an answer may quote it.
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

/** The hash is that of the text that is kept: with the other one, a value could be guessed. Of a text that was cut it is gone. */
function maskResponse<Response extends Text>(response: Response, mask: ValueMask): Response {
  const text = mask.maskText(response.text);
  if (text === response.text && !response.truncated) return response;
  return { ...response, text, sha256: createHash('sha256').update(text).digest('hex') };
}
