import type { IncomingHttpHeaders } from 'node:http';
import { connectionCode, providerErrorFromStatus, wasNeverSent } from '../../calls/provider-failure.js';
import { ProviderError } from '../../provider.contract.js';
import { safeVendorMessage, type Secrets } from '../../answers/safe-message.js';
import { readHeader } from './vendor-headers.js';

/** An error says what it has to say in far less, and its sender may never stop. */
export const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** A vendor's description of an error, as it came. */
export interface VendorComplaint {
  /** The status of the answer. An error in mid-stream has the one it would have had at the beginning. */
  readonly status: number;
  /** Candidates for the message, best first. The first that is safe is shown. */
  readonly words: readonly unknown[];
  readonly headers: IncomingHttpHeaders;
  /** Seconds, where the vendor does not say it in `Retry-After`. */
  readonly retryAfter?: string | null;
}

/** An error of the vendor, before anything of it is shown: thrown by readers of answers, settled by the adapter. */
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
      retryAfterMs: parseRetryAfterMs(headers),
      date: readHeader(headers, 'date'),
      shouldRetry: SHOULD_RETRY.get(readHeader(headers, 'x-should-retry')) ?? null,
      providerRequestId,
      answerBegan,
    });
  }
}

/** The words of OpenAI's and Anthropic's header, which their packages obey before they look at the status. */
const SHOULD_RETRY: ReadonlyMap<string | null, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** OpenAI's header, and the one that Azure has had longer: finer than `Retry-After`, so the vendors' packages take it first. */
function parseRetryAfterMs(headers: IncomingHttpHeaders): number | null {
  const said = [readHeader(headers, 'retry-after-ms'), readHeader(headers, 'x-ms-retry-after-ms')];
  const known = said.map((text) => (text === null || text.trim() === '' ? Number.NaN : Number(text)));
  const ms = known.find((number) => Number.isFinite(number) && number >= 0);
  return ms === undefined ? null : Math.ceil(ms);
}

/** Describes what broke the connection to a vendor, with the code of the socket if there is one. */
export function connectionFailure(error: unknown): ProviderError {
  const code = connectionCode(error);
  if (code === 'UND_ERR_INVALID_ARG') {
    return new ProviderError('provider_rejected', 'The request could not be sent: it is malformed.');
  }
  const detail = code === null ? '' : ` (${code})`;
  const unsent = wasNeverSent(error) ? ({ wasSent: false } as const) : {};
  return new ProviderError('connection', `The connection to the provider failed${detail}.`, unsent);
}
