import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface ConnectionAnswer {
  readonly status: number;
  readonly requestId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Keeps one TCP connection, for tests in which the process at the other end matters. */
export class Connection {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ConnectionAnswer> {
    const sent = request(new URL(path, this.url), {
      method,
      agent: this.agent,
      headers: { 'x-api-key': this.key, 'content-type': 'application/json', ...headers },
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return {
      status: response.statusCode ?? 0,
      requestId: String(response.headers['x-request-id']),
      body: JSON.parse(await text(response)) as Record<string, unknown>,
    };
  }

  close(): void {
    this.agent.destroy();
  }
}
