import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelProvider, ProviderRequest } from '../../provider.contract.js';

/** One request, as its bytes arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** Headers by name, except those of `DIFFERENCES`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers that we send differently from a vendor's package, each with the reason. */
const DIFFERENCES: readonly { readonly header: RegExp; readonly reason: string }[] = [
  { header: /^user-agent$/, reason: 'it says who calls, and that is not the package' },
  { header: /^x-stainless-/, reason: 'telemetry of the package' },
  { header: /^x-goog-api-client$/, reason: 'telemetry of the package' },
  { header: /^accept-language$/, reason: 'Node’s fetch adds it; an API does not look at it' },
  { header: /^sec-fetch-mode$/, reason: 'Node’s fetch adds it, as browsers do' },
  { header: /^accept-encoding$/, reason: 'we ask for no compression, so that none has to be undone' },
];

/** A loopback server that records requests and returns a prepared answer. */
export class RecordingServer {
  answer: { readonly contentType: string; readonly body: string } = {
    contentType: 'application/json',
    body: '{}',
  };
  private requests: RecordedRequest[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
        this.requests.push({
          method: request.method ?? '',
          path: request.url ?? '',
          headers: Object.fromEntries(headers.filter(([name]) => !isDifference(name ?? ''))) as Record<
            string,
            string
          >,
          body: Buffer.concat(chunks).toString('latin1'),
        });
        response.writeHead(200, { 'content-type': this.answer.contentType });
        response.end(this.answer.body);
      });
    });
  }

  static async start(): Promise<RecordingServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RecordingServer(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Returns the one request of a call, however the call ends. */
  async recorded(call: () => Promise<unknown>): Promise<RecordedRequest> {
    this.requests = [];
    await call().catch(() => undefined);
    const [only, ...more] = this.requests;
    if (only === undefined || more.length > 0) throw new Error(`${this.requests.length} requests were made`);
    return only;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

function isDifference(name: string): boolean {
  return DIFFERENCES.some(({ header }) => header.test(name));
}

export type Question = Omit<ProviderRequest, 'attemptId' | 'signal' | 'modelName'> & {
  readonly modelName?: string;
};

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const TOOLS = [
  { name: 'get_weather', description: 'Of a city: "now"', parameters: SCHEMA, strict: true },
  { name: 'get_time' },
];
const HELLO = { role: 'user', content: 'Hello' } as const;
const CALL = { id: 'call_1', name: 'get_weather', arguments: '{"city":"Zürich"}' };

/** Requests that together use every field. */
export const QUESTIONS: readonly (readonly [string, Question])[] = [
  ['a text', { messages: [HELLO], params: {} }],
  [
    'text of every kind',
    { messages: [{ role: 'user', content: 'Grüße 李雷 👋🏽 \ud83d \0 \u2028 \\ "\r\n' }], params: {} },
  ],
  [
    'all params',
    { messages: [HELLO], params: { max_new_tokens: 9, temperature: 0, top_p: 0.5, stop: ['\n', 'END'] } },
  ],
  [
    'a chat',
    {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'system', content: 'Be kind.' },
        HELLO,
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: 'Well?' },
      ],
      params: {},
    },
  ],
  ['tools', { messages: [HELLO], params: {}, tools: TOOLS }],
  ['a choice of any tool', { messages: [HELLO], params: {}, tools: TOOLS, toolChoice: 'required' }],
  ['a choice of one tool', { messages: [HELLO], params: {}, tools: TOOLS, toolChoice: { name: 'get_time' } }],
  ['no tool', { messages: [HELLO], params: {}, tools: TOOLS, toolChoice: 'none', parallelToolCalls: true }],
  [
    'calls and their results',
    {
      messages: [
        HELLO,
        { role: 'assistant', content: '', toolCalls: [CALL] },
        { role: 'tool', content: '{"celsius":14}', toolCallId: 'call_1' },
        {
          role: 'assistant',
          content: 'And:',
          toolCalls: [
            { ...CALL, id: 'call_2' },
            { ...CALL, id: 'call_3' },
          ],
        },
        { role: 'tool', content: 'cold', toolCallId: 'call_2' },
        { role: 'tool', content: '', toolCallId: 'call_3' },
      ],
      params: {},
      tools: TOOLS,
    },
  ],
  [
    'a JSON schema',
    {
      messages: [HELLO],
      params: {},
      responseFormat: { type: 'json_schema', name: 'place', schema: SCHEMA, strict: true },
    },
  ],
];

export const ATTEMPT_ID = '0198a1b2-attempt-1';

/** Completes a question to a whole request. */
export function requestOf(question: Question, modelName: string): ProviderRequest {
  return { modelName, ...question, attemptId: ATTEMPT_ID, signal: new AbortController().signal };
}

/** Calls a provider and reads its answer to the end. */
export async function callOf(
  provider: ModelProvider,
  request: ProviderRequest,
  isStreamed: boolean,
): Promise<void> {
  if (isStreamed) await allOf(provider.stream(request));
  else await provider.complete?.(request);
}

export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Each question, asked both ways. */
export const BOTH_WAYS = QUESTIONS.flatMap(([what, question]) => [
  [what, 'as a whole', question, false] as const,
  [what, 'piece by piece', question, true] as const,
]);
