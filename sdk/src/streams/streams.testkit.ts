import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionStream } from './execution-stream.js';
import type { StreamOptions } from '../options.js';
import { PromptLedger } from '../prompt-ledger.js';

/** Answers one request. */
export type Serve = (response: ServerResponse, request: IncomingMessage) => void;

export interface EventServer {
  readonly url: string;
  /** The key of each request, in order. */
  readonly keys: (string | undefined)[];
  /** Resolves when the client of the last request disconnects before its answer is complete. */
  readonly left: Promise<void>;
  close(): Promise<void>;
}

const running: EventServer[] = [];

/** A real server on loopback that serves requests in order and repeats the last step for ever. */
export async function serve(...steps: Serve[]): Promise<EventServer> {
  const server = await startEventServer(...steps);
  running.push(server);
  return server;
}

export async function closeServers(): Promise<void> {
  for (const server of running.splice(0)) await server.close();
}

async function startEventServer(...steps: Serve[]): Promise<EventServer> {
  const keys: (string | undefined)[] = [];
  let onLeft = () => {};
  const left = new Promise<void>((resolve) => {
    onLeft = resolve;
  });
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key'] as string | undefined);
    response.on('close', () => {
      if (!response.writableFinished) onLeft();
    });
    request.resume().on('end', () => steps[Math.min(keys.length, steps.length) - 1]?.(response, request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    left,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function eventText(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function beginStream(response: ServerResponse, headers: Record<string, string> = {}): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
  response.flushHeaders();
  return response;
}

export const EXECUTION = {
  execution_id: 'e-1',
  status: 'running',
  model: { provider: 'a', model_name: 'b' },
};
export const DONE = { ...EXECUTION, status: 'succeeded', response_text: 'Hällo 😀' };
export const begun = eventText('execution', EXECUTION);
export const delta = (text: string): string => eventText('delta', { text });
export const done = eventText('done', DONE);
export const whole = begun + delta('Häl') + delta('lo 😀') + done;

/** Sends the whole text at once. */
export function send(text: string): Serve {
  return (response) => void beginStream(response).end(text);
}

export function streamAt({ url }: { readonly url: string }, options: StreamOptions = {}): ExecutionStream {
  return new PromptLedger({ baseUrl: url, apiKey: 'k' }).stream('p', {}, options);
}

export async function textsOf(stream: ExecutionStream): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of stream) texts.push(text);
  return texts;
}

export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  );
}
