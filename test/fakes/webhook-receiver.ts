import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type ReceiverBehaviour =
  | { readonly kind: 'answer'; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Answers 200 with a body that never ends. */
  | { readonly kind: 'stream' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'cut' };

/** One request as it arrived. */
export interface ReceivedEvent {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as it arrived. */
  readonly body: string;
}

const OK: ReceiverBehaviour = { kind: 'answer' };
const CHUNK = 'x'.repeat(16 * 1024);

/** A customer's server that receives callbacks: a real one, which records what it gets. */
export class WebhookReceiver {
  readonly requests: ReceivedEvent[] = [];
  connections = 0;
  /** Bytes of streamed bodies that the client read. */
  streamedBytes = 0;
  private script: readonly ReceiverBehaviour[] = [OK];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly host: string,
  ) {}

  static async start(host = '127.0.0.1'): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server, host);
    server.on('connection', (socket) => {
      receiver.connections += 1;
      receiver.sockets.add(socket);
      socket.once('close', () => receiver.sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const behaviour = receiver.next();
        receiver.requests.push({ path: request.url ?? '', headers: request.headers, body });
        receiver.play(behaviour, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return receiver;
  }

  /** Forgets the requests, and answers 200 again. */
  reset(): void {
    this.requests.length = 0;
    this.connections = 0;
    this.streamedBytes = 0;
    this.script = [OK];
  }

  /** Sets one behaviour for each coming request, and the last one for all later requests. */
  behave(...script: readonly ReceiverBehaviour[]): void {
    this.requests.length = 0;
    this.script = script;
  }

  url(path = '/done'): string {
    return `http://${this.host}:${(this.server.address() as AddressInfo).port}${path}`;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private next(): ReceiverBehaviour {
    return this.script[Math.min(this.requests.length, this.script.length - 1)] ?? OK;
  }

  private play(behaviour: ReceiverBehaviour, response: ServerResponse): void {
    if (behaviour.kind === 'answer')
      response.writeHead(behaviour.status ?? 200, behaviour.headers).end('thanks');
    else if (behaviour.kind === 'cut') response.destroy();
    else if (behaviour.kind === 'stream') this.stream(response.writeHead(200));
  }

  private stream(response: ServerResponse): void {
    const write = () => {
      if (response.destroyed) return;
      this.streamedBytes += CHUNK.length;
      response.write(CHUNK, () => setImmediate(write));
    };
    write();
  }
}
