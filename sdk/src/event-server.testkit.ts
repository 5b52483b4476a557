import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request. */
export type Serve = (response: ServerResponse, request: IncomingMessage) => void;

export interface EventServer {
  readonly url: string;
  /** The key of each request, in their order. */
  readonly keys: (string | undefined)[];
  /** Resolves when the client of the last request has left before its answer was over. */
  readonly left: Promise<void>;
  close(): Promise<void>;
}

/** A real server on loopback that serves requests in their order, the last way for ever. */
export async function startEventServer(...steps: Serve[]): Promise<EventServer> {
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
