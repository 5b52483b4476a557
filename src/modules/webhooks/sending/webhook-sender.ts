import { Injectable } from '@nestjs/common';
import { AppConfig, packageVersion } from '../../../infra/config/index.js';
import { AddressRefusedError, CallbackUrlPolicy, OutboundClient } from '../../../infra/outbound/index.js';
import { Clock, parseRetryAfterMs } from '../../../kernel/index.js';
import { signatureHeaders } from '../secrets/signing.js';
import type { ClaimedEvent } from './webhook-events.repository.js';

/** The result of one try. */
export interface SendResult {
  /** `gone`: the receiver wants no further events. */
  readonly verdict: 'delivered' | 'retry' | 'gone';
  /** Null when there was no answer. */
  readonly responseStatus: number | null;
  /** One sentence; null if it was delivered. */
  readonly error: string | null;
  /** The wait that the receiver requested; null for none. */
  readonly retryAfterMs: number | null;
}

const GONE = 410;

/** Also used for names that resolve only to private addresses, so that the author of a URL cannot probe for internal names. */
const NO_ADDRESS = 'The name of the host could not be resolved to a public address.';

/** System and TLS error codes that a reader of the deliveries can act on. */
const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: NO_ADDRESS,
  EAI_AGAIN: NO_ADDRESS,
  ECONNREFUSED: 'The host refused the connection.',
  ECONNRESET: 'The receiver closed the connection without an answer.',
  UND_ERR_SOCKET: 'The receiver closed the connection without an answer.',
};

/** Sends one POST to one receiver. */
@Injectable()
export class WebhookSender {
  private readonly userAgent = `prompt-ledger/${packageVersion()}`;
  private readonly timeoutMs: number;

  constructor(
    { env }: AppConfig,
    private readonly policy: CallbackUrlPolicy,
    private readonly client: OutboundClient,
    private readonly clock: Clock,
  ) {
    this.timeoutMs = env.WEBHOOK_TIMEOUT_MS;
  }

  /**
   * @param claimedMs the monotonic clock when the event was claimed. Together with the database's time of the claim it yields the time of
   *   the signature, which receivers compare with their own clock, whatever this machine's clock says.
   * @param stopping aborts the request.
   */
  async send(
    event: ClaimedEvent,
    signingKeys: readonly Buffer[],
    claimedMs: number,
    stopping: AbortSignal,
  ): Promise<SendResult> {
    // The configuration may have changed since the URL was accepted.
    const problem = this.policy.findProblem(event.url);
    if (problem !== null) return failure(`The callback URL ${problem}.`);
    const nowMs = event.claimedAt.getTime() + this.clock.monotonicMs() - claimedMs;
    const headers = {
      'content-type': 'application/json',
      'user-agent': this.userAgent,
      ...signatureHeaders(
        { id: event.eventId, timestampS: Math.floor(nowMs / 1000), body: event.body },
        signingKeys,
      ),
    };
    const timeout = AbortSignal.timeout(this.timeoutMs);
    try {
      const signal = AbortSignal.any([timeout, stopping]);
      const answer = await this.client.post(event.url, { headers, body: event.body, signal });
      return judge(answer.status, parseRetryAfterMs(answer.header('retry-after'), answer.header('date')));
    } catch (error) {
      if (timeout.aborted) return failure(`There was no answer within ${this.timeoutMs} ms.`);
      return failure(stopping.aborted ? 'This service was stopped during the call.' : describe(error));
    }
  }
}

function judge(status: number, retryAfterMs: number | null): SendResult {
  if (status >= 200 && status <= 299) {
    return { verdict: 'delivered', responseStatus: status, error: null, retryAfterMs: null };
  }
  const isRedirect = status >= 300 && status <= 399;
  const error = `The receiver answered ${status}${isRedirect ? '; redirects are not followed' : ''}.`;
  return { verdict: status === GONE ? 'gone' : 'retry', responseStatus: status, error, retryAfterMs };
}

function failure(error: string): SendResult {
  return { verdict: 'retry', responseStatus: null, error, retryAfterMs: null };
}

/** Never uses the error's own message, which may contain addresses of the internal network. */
function describe(error: unknown): string {
  if (error instanceof AddressRefusedError) return NO_ADDRESS;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return 'The request failed.';
  return SENTENCES[code] ?? `The request failed (${code}).`;
}
