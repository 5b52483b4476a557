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
  /** A proper answer: `You said: ` and the last thing said. `packetBytes` cuts it within characters, too. */
  | { readonly kind: 'answer'; readonly packetBytes?: number }
  /** An error in the vendor's shape. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Says nothing more: before the headers, or in the middle of the answer. */
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
      /** True: an event stream that a request for a whole answer gets as the document of the same answer. */
      readonly asAsked?: boolean;
    };

/** One request as it arrived. */
export interface VendorRequest {
  /** 1, 2, 3 … */
  readonly number: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed; empty when it is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as it came. */
  readonly text: string;
  /** `abandoned`: the connection closed before the answer was out. */
  outcome: 'open' | 'answered' | 'abandoned';
}

/** The dialect of one vendor. */
export interface VendorDialect {
  /** The header with the attempt's id, lower case. */
  readonly attemptIdHeader: string;
  /** Refuses like the vendor itself, whatever it is told to do. */
  refuse(request: VendorRequest): { readonly status: number; readonly message: string } | null;
  errorBody(status: number, message: string): unknown;
  /** The server-sent events of an answer; the first half of them is without its end. */
  answer(request: VendorRequest): readonly string[];
  readonly requestIdHeader: string | null;
  /** Whether the answer is asked for piece by piece. */
  isStreamed(request: VendorRequest): boolean;
  /** The document that says what the data of these events say. */
  toDocument(events: readonly Record<string, unknown>[]): unknown;
}

/** A real HTTP server on loopback that speaks as a vendor does, and misbehaves when told to. */
export class VendorServer {
  readonly requests: VendorRequest[] = [];
  behaviour: VendorBehaviour = { kind: 'answer' };

  private constructor(
    private readonly server: Server,
    private readonly dialect: VendorDialect,
  ) {
    server.on('request', (request, response) => {
      // A client that leaves breaks the answer; that stands in the log already.
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

  /** Without a path. */
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get lastRequest(): VendorRequest | undefined {
    return this.requests.at(-1);
  }

  attemptIds(): string[] {
    return this.requests.map(({ headers }) => String(headers[this.dialect.attemptIdHeader]));
  }

  /** Forgets the log and what it was told. */
  reset(): void {
    this.requests.length = 0;
    this.behaviour = { kind: 'answer' };
  }

  /** Open connections are closed, too. */
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
    // A reset loses everything that is still on its way; the client is to have the half before the cut.
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

/** Such as `event: ping`; without a name only data. */
export function serverSentEvent(data: unknown, name?: string): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** A token of the fakes is a word. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** The first of `fields` that `known` does not have. */
export function unknownField(body: object, known: readonly string[]): string | undefined {
  return Object.keys(body).find((field) => !known.includes(field));
}
