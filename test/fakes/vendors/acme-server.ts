import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type AcmeBehaviour =
  | { readonly kind: 'answer'; readonly packetBytes?: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'hang' | 'cut'; readonly at: 'start' | 'body' }
  | { readonly kind: 'garbage' };

/** The made-up vendor of examples/acme.provider.js, on loopback. */
export class AcmeServer {
  readonly attemptIds: string[] = [];
  /** The number of clients that disconnected before their answer was complete. */
  abandoned = 0;
  behaviour: AcmeBehaviour = { kind: 'answer' };

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<AcmeServer> {
    const server = createServer();
    const fake = new AcmeServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { messages: { content: string }[] };
    this.attemptIds.push(String(request.headers['x-client-request-id']));
    response.on('close', () => (this.abandoned += response.writableFinished ? 0 : 1));
    response.setHeader('x-acme-request', `acme-${this.attemptIds.length}`);
    await perform(this.behaviour, linesOf(body.messages.at(-1)?.content ?? ''), response);
  }
}

async function perform(
  behaviour: AcmeBehaviour,
  lines: readonly string[],
  response: ServerResponse,
): Promise<void> {
  if (behaviour.kind === 'answer') return answer(response, lines, behaviour.packetBytes);
  if (behaviour.kind === 'garbage') return void response.end('{"garbage\n');
  if (behaviour.kind === 'status') {
    response.writeHead(behaviour.status, behaviour.headers).end('{"error":"told to"}');
    return;
  }
  if (behaviour.at === 'body') {
    await new Promise((resolve) => response.write(lines[0], resolve));
    // A reset discards everything that is still in transit.
    await sleep(20);
  }
  if (behaviour.kind === 'cut') response.socket?.resetAndDestroy();
}

async function answer(
  response: ServerResponse,
  lines: readonly string[],
  packetBytes: number | undefined,
): Promise<void> {
  const bytes = Buffer.from(lines.join(''), 'utf8');
  const step = packetBytes ?? bytes.length;
  for (let start = 0; start < bytes.length; start += step) {
    await new Promise((resolve) => response.write(bytes.subarray(start, start + step), resolve));
  }
  response.end();
}

function linesOf(asked: string): string[] {
  const words = asked.match(/\S+/g)?.length ?? 0;
  return [
    { text: 'Acme heard: ' },
    { text: asked },
    { done: true, reason: 'stop', model: 'acme-1.2', usage: { input: words, output: words + 2 } },
  ].map((line) => `${JSON.stringify(line)}\n`);
}
