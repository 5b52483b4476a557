import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Answers that a client has to end by itself. */
export type EndlessAnswer =
  /** Sends the given number of bytes as fast as they are read: deltas, one line without an end, one document, the body of an error. */
  | { readonly kind: 'flood'; readonly of: 'deltas' | 'line' | 'json' | 'error'; readonly sizeBytes: number }
  /** Sends one byte at a time, forever. */
  | { readonly kind: 'drip'; readonly byteDelayMs: number };

const FLOODS = {
  deltas: { status: 200, type: 'text/event-stream', start: '', piece: deltaEvent('x'.repeat(4000)) },
  line: { status: 200, type: 'text/event-stream', start: 'data: ', piece: 'x'.repeat(4000) },
  json: {
    status: 200,
    type: 'application/json',
    start: '{"choices":[{"message":{"content":"',
    piece: 'x'.repeat(4000),
  },
  error: { status: 500, type: 'text/html', start: '<html>', piece: '<p>Sorry.</p>'.repeat(300) },
} as const;
/** The writes are large, so that the client is the slower side. */
const PIECES_AT_ONCE = 16;

export async function sendEndless(response: ServerResponse, answer: EndlessAnswer): Promise<void> {
  if (answer.kind === 'drip') return drip(response, answer.byteDelayMs);
  const { status, type, start, piece } = FLOODS[answer.of];
  response.writeHead(status, { 'content-type': type });
  const block = Buffer.from(piece.repeat(PIECES_AT_ONCE));
  // The pipeline rejects when the client disconnects, which is the expected end.
  await pipeline(function* () {
    yield start;
    for (let sentBytes = 0; sentBytes < answer.sizeBytes; sentBytes += block.length) yield block;
  }, response);
}

async function drip(response: ServerResponse, byteDelayMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const bytes = deltaEvent('drop');
  for (let index = 0; !response.destroyed; index += 1) {
    response.write(bytes.charAt(index % bytes.length));
    await sleep(byteDelayMs);
  }
}

function deltaEvent(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
}
