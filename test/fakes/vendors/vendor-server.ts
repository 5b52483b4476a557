import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventData } from './whole-answers.js';

export type VendorBehaviour =
  /** A proper answer: `You said: ` and the last message. `packetBytes` cuts even within characters. */
  | { readonly kind: 'answer'; readonly packetBytes?: number }
  /** An error in the vendor's shape. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Stops sending: before the headers, or in the middle of the answer. */
  | { readonly kind: 'hang'; readonly at: 'start' | 'body' }
  /** Resets the connection: before the headers, in the middle of the answer, after its end. */
  | { readonly kind: 'cut'; readonly at: 'start' | 'body' | 'end' }
  /** Any bytes at all: recorded answers, garbage. */
  | {
      readonly kind: 'raw';
      readonly body: string;
      readonly status?: number;
      readonly contentType?: string;
      readonly packetBytes?: number;
      /** Turns an event stream into the document of the same answer when a request asks for a whole one. */
      readonly asAsked?: boolean;
    };

/** One request as it arrived. */
export interface VendorRequest {
  /** 1, 2, 3 … */
  readonly number: number;
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; empty when it is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as it arrived. */
  readonly text: string;
  /** `abandoned`: the connection closed before the answer was complete. */
  outcome: 'open' | 'answered' | 'abandoned';
}

/** The dialect of one vendor. */
export interface VendorDialect {
  /** The header with the attempt's id, in lower case. */
  readonly attemptIdHeader: string;
  /** Refuses as the vendor itself would, whatever the fake is told to do. */
  refuse(request: VendorRequest): { readonly status: number; readonly message: string } | null;
  errorBody(status: number, message: string): unknown;
  /** The server-sent events of an answer. Their first half does not include its end. */
  answer(request: VendorRequest): readonly string[];
  readonly requestIdHeader: string | null;
  /** Whether the request asks for the answer piece by piece. */
  isStreamed(request: VendorRequest): boolean;
  /** Builds the document that is equivalent to these events' data. */
  toDocument(events: readonly Record<string, unknown>[]): unknown;
}

/** A real HTTP server on loopback that speaks as a vendor does, and misbehaves on request. */
export class VendorServer {
  readonly requests: VendorRequest[] = [];
  behaviour: VendorBehaviour = { kind: 'answer' };

  private constructor(
    private readonly server: Server,
    private readonly dialect: VendorDialect,
  ) {
    server.on('request', (request, response) => {
      // A client that disconnects breaks the answer, and the log already says so.
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(dialect: VendorDialect): Promise<VendorServer> {
    const server = createServer();
    const fake = new VendorServer(server, dialect);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  /** Has no path. */
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get lastRequest(): VendorRequest | undefined {
    return this.requests.at(-1);
  }

  attemptIds(): string[] {
    return this.requests.map(({ headers }) => String(headers[this.dialect.attemptIdHeader]));
  }

  /** Forgets the log and the behaviour. */
  reset(): void {
    this.requests.length = 0;
    this.behaviour = { kind: 'answer' };
  }

  /** Also closes open connections. */
  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await this.log(request, response);
    const { requestIdHeader } = this.dialect;
    if (requestIdHeader !== null) response.setHeader(requestIdHeader, `req_${received.number}`);
    const refusal = this.dialect.refuse(received);
    await this.perform(refusal === null ? this.behaviour : { kind: 'error', ...refusal }, received, response);
  }

  private async log(request: IncomingMessage, response: ServerResponse): Promise<VendorRequest> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const received: VendorRequest = {
      number: this.requests.length + 1,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: parseObject(Buffer.concat(chunks).toString('utf8')),
      text: Buffer.concat(chunks).toString('utf8'),
      outcome: 'open',
    };
    this.requests.push(received);
    response.on('close', () => (received.outcome = response.writableFinished ? 'answered' : 'abandoned'));
    return received;
  }

  private async perform(
    behaviour: VendorBehaviour,
    received: VendorRequest,
    response: ServerResponse,
  ): Promise<void> {
    const isStreamed = this.dialect.isStreamed(received);
    switch (behaviour.kind) {
      case 'raw': {
        const { status = 200, body, contentType = 'text/event-stream', packetBytes } = behaviour;
        if (behaviour.asAsked === true && !isStreamed && contentType === 'text/event-stream') {
          return this.sendDocument(response, [body], packetBytes);
        }
        response.writeHead(status, { 'content-type': contentType });
        await writeInPackets(response, body, packetBytes);
        response.end();
        return;
      }
      case 'error': {
        const { status, message = `Told to answer ${status}.`, headers } = behaviour;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(this.dialect.errorBody(status, message)));
        return;
      }
      case 'answer': {
        const events = this.dialect.answer(received);
        if (!isStreamed) return this.sendDocument(response, events, behaviour.packetBytes);
        response.writeHead(200, { 'content-type': EVENT_STREAM });
        await writeInPackets(response, events.join(''), behaviour.packetBytes);
        response.end();
        return;
      }
      case 'hang':
      case 'cut': {
        const events = this.dialect.answer(received);
        const [pieces, type] = isStreamed
          ? [events, EVENT_STREAM]
          : [inHalves(this.document(events)), JSON_TYPE];
        return breakOff(behaviour, pieces, type, response);
      }
    }
  }

  private document(events: readonly string[]): string {
    return JSON.stringify(this.dialect.toDocument(eventData(events.join(''))));
  }

  private async sendDocument(
    response: ServerResponse,
    events: readonly string[],
    packetBytes: number | undefined,
  ): Promise<void> {
    response.writeHead(200, { 'content-type': JSON_TYPE });
    await writeInPackets(response, this.document(events), packetBytes);
    response.end();
  }
}

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
const JSON_TYPE = 'application/json';

function inHalves(text: string): string[] {
  const half = Math.ceil(text.length / 2);
  return [text.slice(0, half), text.slice(half)];
}

async function breakOff(
  { kind, at }: Extract<VendorBehaviour, { kind: 'hang' | 'cut' }>,
  pieces: readonly string[],
  contentType: string,
  response: ServerResponse,
): Promise<void> {
  if (at !== 'start') {
    response.writeHead(200, { 'content-type': contentType });
    const sent = at === 'body' ? pieces.slice(0, Math.ceil(pieces.length / 2)) : pieces;
    // A reset discards everything that is still in transit, so this waits until the client has the half before the cut.
    await new Promise((resolve) => response.write(sent.join(''), resolve));
    await sleep(20);
  }
  if (kind === 'cut') response.socket?.resetAndDestroy();
}

async function writeInPackets(response: ServerResponse, text: string, packetBytes?: number): Promise<void> {
  response.socket?.setNoDelay(true);
  const bytes = Buffer.from(text, 'utf8');
  const step = packetBytes ?? (bytes.length || 1);
  for (let start = 0; start < bytes.length; start += step) {
    await new Promise((resolve) => response.write(bytes.subarray(start, start + step), resolve));
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Formats an event such as `event: ping`; without a name only data. */
export function serverSentEvent(data: unknown, name?: string): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** The fakes count each word as a token. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** Returns the first field of the body that `known` does not contain. */
export function unknownField(body: object, known: readonly string[]): string | undefined {
  return Object.keys(body).find((field) => !known.includes(field));
}
