import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Agent, request } from 'undici';
import { AppConfig } from '../config/index.js';
import { CallbackUrlPolicy } from './callback-url-policy.js';
import { createGuardedAgent } from './guarded-agent.js';

/** Reads a body that nobody needs; a receiver that ends it soon may finish, so that its log shows no broken connection. */
const MAX_SKIPPED_BYTES = 4096;
const MAX_SKIPPING_MS = 500;

export interface OutboundAnswer {
  readonly status: number;
  /** In lower case; a header that came several times has its first value. */
  header(name: string): string | null;
}

export interface OutboundPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** The only way out to an address that a request has named. */
@Injectable()
export class OutboundClient implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(policy: CallbackUrlPolicy, { env }: AppConfig) {
    this.agent = createGuardedAgent(policy, { connectTimeoutMs: env.WEBHOOK_TIMEOUT_MS });
  }

  /**
   * One request, whatever becomes of it: no redirect is followed and nothing is sent again.
   * @returns once the head of the answer is there; the body is not read.
   * @throws AddressRefusedError when the host is not public; else what the connection or the signal says.
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
