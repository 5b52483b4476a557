import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawAnswer } from '../../../infra/http/index.js';
import type { StreamedExecutionDto } from '../wire/executions.dto.js';
import { EventStream } from './event-stream.js';
import { LEDGER_EVENTS } from './stream-format.js';

export const BEGUN: StreamedExecutionDto = {
  execution_id: 'e-1',
  status: 'running',
  mode: 'sync',
  prompt_name: 'greeting',
  version_number: 1,
  checksum_hash: 'c',
  environment: 'default',
  resolved_by: 'active',
  model: { provider: 'echo', model_name: 'echo' },
  created_at: '2026-11-26T00:00:00.000Z',
};
export const RESULT = { ...BEGUN, status: 'succeeded', response_text: 'Hello', tool_calls: null };
export const DONE = RawAnswer.json(200, JSON.stringify(RESULT));
export const FAILED = new RawAnswer(
  502,
  { 'Content-Type': 'application/problem+json' },
  '{"code":"PROVIDER_FAILED"}',
);

export const PIECE_BYTES = 64 * 1024;
/** The most that two sockets' buffers hold on any system; tests send more than that. */
export const MOST_IN_SOCKETS = (32 * 1024 * 1024) / PIECE_BYTES;
export const text = (content: string) => ({ type: 'delta' as const, text: content });

let server: Server;
const sockets: Socket[] = [];

/** Starts a server for each test, and destroys its sockets afterwards. */
export function useServer(): void {
  beforeEach(async () => {
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
}

/** Sends one request, with a reader that reads only when told to. */
export async function open() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('POST / HTTP/1.1\r\nHost: loopback\r\nContent-Length: 0\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  const reader = {
    socket,
    seen: '',
    read: () => {
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => (reader.seen += chunk));
      socket.resume();
    },
  };
  return { reader, response, stream: new EventStream(response, LEDGER_EVENTS) };
}

export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
