import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Agent, request } from 'undici';
import { AppConfig } from '../config/index.js';
import { CallbackUrlPolicy } from './callback-url-policy.js';
import { createGuardedAgent } from './guarded-agent.js';

/** Limits how much of an unneeded body is read. A receiver that ends it soon may finish, so that its log shows no broken connection. */
const MAX_SKIPPED_BYTES = 4096;
const MAX_SKIPPING_MS = 500;

export interface OutboundAnswer {
  readonly status: number;
  /** @param name in lower case. Returns the first value of a header that occurs several times. */
  header(name: string): string | null;
}

export interface OutboundPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** The only way to call an address that a request has named. */
@Injectable()
export class OutboundClient implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(policy: CallbackUrlPolicy, { env }: AppConfig) {
    this.agent = createGuardedAgent(policy, { connectTimeoutMs: env.WEBHOOK_TIMEOUT_MS });
  }

  /**
   * Sends one request without following redirects and without retries.
   * @returns the status and headers; a short body is read and discarded.
   * @throws AddressRefusedError when the host is not public; otherwise the error of the connection or the signal.
   */
  async post(url: string, { headers, body, signal }: OutboundPost): Promise<OutboundAnswer> {
    const answer = await request(url, { dispatcher: this.agent, method: 'POST', headers, body, signal });
    await answer.body
      .dump({ limit: MAX_SKIPPED_BYTES, signal: AbortSignal.timeout(MAX_SKIPPING_MS) })
      .catch(() => undefined);
    const header = (name: string) => [answer.headers[name]].flat()[0] ?? null;
    return { status: answer.statusCode, header };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}
