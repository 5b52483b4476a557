import type { CallOutcome } from '../../../src/modules/executions/facts/call-outcome.js';

/** Outcomes of calls, for tests of what is written at their end. */

export const failed: CallOutcome = {
  succeeded: false,
  failure: {
    kind: 'provider_error',
    message: 'The provider answered 500.',
    status: 500,
    retryAfterMs: null,
    providerRequestId: 'req-2',
    latencyMs: 9,
  },
};

export const answered = (text: string): CallOutcome => ({
  succeeded: true,
  completion: {
    text,
    truncated: false,
    totalBytes: text.length,
    sha256: 'f'.repeat(64),
    finishReason: 'stop',
    usage: { promptTokens: 3, responseTokens: null, raw: null },
    providerRequestId: 'req-1',
    toolCalls: [],
    refusal: null,
    firstTokenMs: null,
    extras: null,
    servedModelName: null,
    latencyMs: 12,
  },
});
