import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { EndlessAnswer } from './endless-answers.js';
import { perform, sendError, sendJson } from './perform-behaviour.js';

/** The server's reaction to one chat completion. Omitted fields do what OpenAI usually does. */
export type Behaviour =
  /** A proper answer. `packetBytes` cuts the body into packets of that size, even within a character. */
  | ({ readonly kind: 'answer'; readonly delayMs?: number; readonly packetBytes?: number } & AnswerShape)
  /** An error in OpenAI's shape; 429 brings the `Retry-After` of `headers`. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly message?: string;
      readonly code?: string;
      readonly param?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Stops sending: before the headers, after them, or in the middle of the answer. */
  | { readonly kind: 'hang'; readonly at: 'start' | 'headers' | 'body' }
  /** Resets the connection (politely: ends it): before the headers, in the middle of the answer, after its end mark. */
  | { readonly kind: 'cut'; readonly at: 'start' | 'body' | 'end'; readonly politely?: boolean }
  | EndlessAnswer
  /** Any bytes at all: recorded answers, garbage. */
  | {
      readonly kind: 'raw';
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
      readonly packetBytes?: number;
      /** Turns an event stream into the document of the same answer when a request asks for a whole one. */
      readonly asAsked?: boolean;
    };

interface AnswerShape {
  /** Default: `You said: ` and the last user message. */
  readonly text?: string;
  /** The same text in these deltas. Default: word by word, at most twenty. */
  readonly pieces?: readonly string[];
  readonly pieceDelayMs?: number;
  /** Tool calls after the text, which is then empty by default. Default: one, where `tool_choice` demands it. */
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[];
  readonly finishReason?: string;
  /** False sends no usage even on request, as some compatible servers do. */
  readonly usage?: boolean;
  /** The model's words instead of an answer, in the field that OpenAI has for them. */
  readonly refusal?: string;
  /** The exact model that answers. Default: the requested one. */
  readonly servedModel?: string;
  /** The details that OpenAI reports with each answer and many servers do not: the tier, and the kinds of tokens. */
  readonly serviceTier?: string;
  readonly usageDetails?: boolean;
  /** True ends the answer before a stop sequence, and at the token limit, counted in words. */
  readonly keepsLimits?: boolean;
  /** True sends one JSON document even when a stream is requested, as some compatible servers do. */
  readonly asJson?: boolean;
}

export type BehaviourRule = Behaviour | ((request: ReceivedRequest) => Behaviour);

/** One request as it arrived: what was really sent, whatever other code reports. */
export interface ReceivedRequest {
  /** 1, 2, 3 … */
  readonly number: number;
  /** Sent back as `x-request-id`. */
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; null when it is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The body as it arrived. */
  readonly text: string;
  /** `X-Client-Request-Id`. */
  readonly attemptId: string | null;
  readonly modelName: string | null;
  /** The number of its TCP connection: 1, 2, 3 … */
  readonly connection: number;
  readonly receivedAtMs: number;
  endedAtMs: number | null;
  /** `abandoned`: the connection closed before the answer was complete. */
  outcome: 'open' | 'answered' | 'abandoned';
}

/** The fields of "Create chat completion" that a text client may send; OpenAI refuses others by name. */
const KNOWN_FIELDS = new Set(
  `model messages stream stream_options max_tokens max_completion_tokens temperature top_p stop seed n user
   frequency_penalty presence_penalty logit_bias logprobs top_logprobs response_format tools tool_choice
   metadata store reasoning_effort service_tier parallel_tool_calls verbosity prompt_cache_key
   prompt_cache_retention safety_identifier modalities`.split(/\s+/),
);

/** A real HTTP server on loopback that speaks OpenAI's chat completions, and misbehaves on request. */
export class OpenAiServer {
  readonly requests: ReceivedRequest[] = [];
  private rule: BehaviourRule = { kind: 'answer' };
  private readonly rulesByModel = new Map<string, BehaviourRule>();
  private readonly connections = new WeakMap<Socket, number>();
  private connectionCount = 0;

  private constructor(
    private readonly server: Server,
    private readonly apiKey: string | null,
  ) {
    server.on('connection', (socket) => this.connections.set(socket, (this.connectionCount += 1)));
    server.on('request', (request, response) => {
      // A client that disconnects breaks the answer, and the log already says so.
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  /** `port` 0 takes a free port. With an `apiKey`, every other key gets OpenAI's 401. */
  static async start(options: { port?: number; apiKey?: string } = {}): Promise<OpenAiServer> {
    const server = createServer();
    const fake = new OpenAiServer(server, options.apiKey ?? null);
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  /** The value for OPENAI_BASE_URL. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Sets the behaviour for every model without a rule of its own. */
  behave(rule: BehaviourRule): void {
    this.rule = rule;
  }

  behaveForModel(modelName: string, rule: BehaviourRule): void {
    this.rulesByModel.set(modelName, rule);
  }

  /** Forgets the log and the rules. */
  reset(): void {
    this.requests.length = 0;
    this.rulesByModel.clear();
    this.rule = { kind: 'answer' };
  }

  /** Returns chat completions only, by the client's id for them. */
  requestsOf(attemptId: string): ReceivedRequest[] {
    return this.requests.filter((request) => request.attemptId === attemptId);
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
    response.setHeader('x-request-id', received.requestId);
    const refusal = this.refusal(received);
    if (refusal === null && received.method === 'GET') return sendModels(response, received.path);
    const rule = this.rulesByModel.get(received.modelName ?? '') ?? this.rule;
    await perform(refusal ?? (typeof rule === 'function' ? rule(received) : rule), received, response);
  }

  private async log(request: IncomingMessage, response: ServerResponse): Promise<ReceivedRequest> {
    const receivedAtMs = Date.now();
    const text = await readText(request);
    const body = parseObject(text);
    const number = this.requests.length + 1;
    const received: ReceivedRequest = {
      number,
      requestId: `req_${String(number).padStart(8, '0')}`,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
      text,
      attemptId: headerOf(request, 'x-client-request-id'),
      modelName: typeof body?.['model'] === 'string' ? body['model'] : null,
      connection: this.connections.get(request.socket) ?? 0,
      receivedAtMs,
      endedAtMs: null,
      outcome: 'open',
    };
    this.requests.push(received);
    response.on('close', () => {
      received.endedAtMs = Date.now();
      received.outcome = response.writableFinished ? 'answered' : 'abandoned';
    });
    return received;
  }

  /** Returns the refusal that OpenAI itself would send before it looks at the model. */
  private refusal({ method, path, headers, body }: ReceivedRequest): Behaviour | null {
    const isModels = method === 'GET' && /^\/v1\/models(\/|$)/.test(path);
    if (!isModels && (method !== 'POST' || path !== '/v1/chat/completions')) {
      return { kind: 'error', status: 404, message: `Invalid URL (${method} ${path})` };
    }
    const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (key === undefined || (this.apiKey !== null && key !== this.apiKey)) {
      const shown = key === undefined ? '' : `: ${key.slice(0, 8)}${'*'.repeat(12)}${key.slice(-4)}`;
      return {
        kind: 'error',
        status: 401,
        code: 'invalid_api_key',
        message: `Incorrect API key provided${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`,
      };
    }
    if (isModels) return null;
    const unknown = Object.keys(body ?? {}).find((field) => !KNOWN_FIELDS.has(field));
    if (unknown !== undefined) {
      const message = `Unrecognized request argument supplied: ${unknown}`;
      return { kind: 'error', status: 400, message, param: unknown };
    }
    if (typeof body?.['model'] === 'string' && Array.isArray(body['messages'])) return null;
    return { kind: 'error', status: 400, message: 'you must provide a model parameter and messages' };
  }
}

function sendModels(response: ServerResponse, path: string): void {
  if (path === '/v1/models') return sendJson(response, 200, MODELS);
  const id = decodeURIComponent(path.slice('/v1/models/'.length));
  const model = MODELS.data.find((each) => each.id === id);
  if (model !== undefined) return sendJson(response, 200, model);
  const message = `The model '${id}' does not exist`;
  sendError(response, { kind: 'error', status: 404, message, param: 'model', code: 'model_not_found' });
}

const MODELS = {
  object: 'list',
  data: ['gpt-4o', 'gpt-4o-mini', 'gpt-4-turbo', 'gpt-3.5-turbo'].map((id) => ({
    id,
    object: 'model',
    created: 1_721_172_741,
    owned_by: 'system',
  })),
};

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}
