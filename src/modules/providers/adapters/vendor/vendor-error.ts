import type { IncomingHttpHeaders } from 'node:http';
import { connectionCode, providerErrorFromStatus, wasNeverSent } from '../../calls/provider-failure.js';
import { ProviderError } from '../../provider.contract.js';
import { safeVendorMessage, type Secrets } from '../../answers/safe-message.js';
import { readHeader } from './vendor-headers.js';

/** Real error messages are far shorter, and a sender may never stop. */
export const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** A vendor's description of an error, as received. */
export interface VendorComplaint {
  /** The status of the answer. An error in mid-stream has the status that it would have had at the beginning. */
  readonly status: number;
  /** Candidates for the message, best first. The first that is safe is shown. */
  readonly words: readonly unknown[];
  readonly headers: IncomingHttpHeaders;
  /** Seconds, if the vendor does not use `Retry-After`. */
  readonly retryAfter?: string | null;
}

/** An error from the vendor, before any part of it is shown. Readers of answers throw it, and the adapter settles it. */
export class VendorError extends Error {
  override readonly name = 'VendorError';

  constructor(readonly complaint: VendorComplaint) {
    super('The vendor reported an error.');
  }

  /** Reduces the complaint to what may be stored and shown. */
  settle(secrets: Secrets, providerRequestId: string | null, answerBegan: boolean): ProviderError {
    const { status, words, headers, retryAfter } = this.complaint;
    const safe = words.map((word) => safeVendorMessage(word, secrets));
    return providerErrorFromStatus({
      status,
      detail: safe.find((word) => word !== null) ?? null,
      retryAfter: readHeader(headers, 'retry-after') ?? retryAfter ?? null,
      retryAfterMs: readRetryAfterMs(headers),
      date: readHeader(headers, 'date'),
      shouldRetry: SHOULD_RETRY.get(readHeader(headers, 'x-should-retry')) ?? null,
      providerRequestId,
      answerBegan,
    });
  }
}

/** The values of OpenAI's and Anthropic's header, which their packages obey before they look at the status. */
const SHOULD_RETRY: ReadonlyMap<string | null, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** Reads OpenAI's header, and Azure's older one. Both are finer than `Retry-After`, so the vendors' packages prefer them. */
function readRetryAfterMs(headers: IncomingHttpHeaders): number | null {
  const said = [readHeader(headers, 'retry-after-ms'), readHeader(headers, 'x-ms-retry-after-ms')];
  const known = said.map((text) => (text === null || text.trim() === '' ? Number.NaN : Number(text)));
  const ms = known.find((number) => Number.isFinite(number) && number >= 0);
  return ms === undefined ? null : Math.ceil(ms);
}

/** Describes why the connection to a vendor broke, with the socket's error code if there is one. */
export function connectionFailure(error: unknown): ProviderError {
  const code = connectionCode(error);
  if (code === 'UND_ERR_INVALID_ARG') {
    return new ProviderError('provider_rejected', 'The request could not be sent: it is malformed.');
  }
  const detail = code === null ? '' : ` (${code})`;
  const unsent = wasNeverSent(error) ? ({ wasSent: false } as const) : {};
  return new ProviderError('connection', `The connection to the provider failed${detail}.`, unsent);
}
