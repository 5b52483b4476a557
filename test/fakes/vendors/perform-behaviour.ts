import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendEndless } from './endless-answers.js';
import type { Behaviour, ReceivedRequest } from './openai-server.js';
import { completionJson, completionStream, describeAnswer, type Answer } from './openai-wire.js';
import { eventData, toChatCompletion } from './whole-answers.js';

/** Answers one chat completion as the `OpenAiServer` was told to. */
export async function perform(
  behaviour: Behaviour,
  received: ReceivedRequest,
  response: ServerResponse,
): Promise<void> {
  switch (behaviour.kind) {
    case 'error':
      return sendError(response, behaviour);
    case 'raw':
      return sendRaw(response, received, behaviour);
    case 'answer':
      return sendAnswer(response, received, behaviour);
    case 'flood':
    case 'drip':
      return sendEndless(response, behaviour);
    case 'hang':
    case 'cut':
      return breakOff(response, received, behaviour);
  }
}

async function sendRaw(
  response: ServerResponse,
  received: ReceivedRequest,
  behaviour: Extract<Behaviour, { kind: 'raw' }>,
): Promise<void> {
  let headers: Readonly<Record<string, string>> = {
    'content-type': 'text/event-stream',
    ...behaviour.headers,
  };
  let { body } = behaviour;
  if (
    behaviour.asAsked === true &&
    !isStreamed(received) &&
    headers['content-type'] === 'text/event-stream'
  ) {
    headers = { ...headers, 'content-type': 'application/json' };
    body = JSON.stringify(toChatCompletion(eventData(body)));
  }
  response.writeHead(behaviour.status ?? 200, headers);
  await writeInPackets(response, body, behaviour.packetBytes ?? body.length + 1);
  response.end();
}

async function sendAnswer(
  response: ServerResponse,
  received: ReceivedRequest,
  behaviour: Extract<Behaviour, { kind: 'answer' }>,
): Promise<void> {
  const answer = describeAnswer(received, behaviour);
  if (behaviour.delayMs !== undefined) await sleep(behaviour.delayMs);
  if (!answer.streamed) {
    // A model also takes its time for a whole answer, and sends nothing before the end.
    const { pieceDelayMs = 0 } = behaviour;
    if (pieceDelayMs > 0 && !isStreamed(received)) await sleep(pieceDelayMs * answer.pieces.length);
    if (response.destroyed) return;
    const json = JSON.stringify(completionJson(answer));
    response.writeHead(200, { 'content-type': 'application/json' });
    await writeInPackets(response, json, behaviour.packetBytes ?? json.length + 1);
    return void response.end();
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const events = completionStream(answer);
  if (behaviour.packetBytes !== undefined) {
    await writeInPackets(response, events.join(''), behaviour.packetBytes);
  } else if (behaviour.pieceDelayMs === undefined) {
    response.write(events.join(''));
  } else {
    for (const event of events) {
      if (response.destroyed) return;
      response.write(event);
      await sleep(behaviour.pieceDelayMs);
    }
  }
  response.end();
}

async function breakOff(
  response: ServerResponse,
  received: ReceivedRequest,
  behaviour: Extract<Behaviour, { kind: 'hang' | 'cut' }>,
): Promise<void> {
  const answer = describeAnswer(received, {});
  const type = answer.streamed ? 'text/event-stream; charset=utf-8' : 'application/json';
  if (behaviour.at === 'headers') {
    response.writeHead(200, { 'content-type': type }).flushHeaders();
  } else if (behaviour.at !== 'start') {
    response.writeHead(200, { 'content-type': type });
    // A reset discards everything that is still in transit, so this waits until the client has the half before the cut.
    await new Promise((resolve) => response.write(beginningOf(answer, behaviour.at === 'end'), resolve));
    await sleep(20);
  }
  if (behaviour.kind !== 'cut') return;
  if (behaviour.politely === true) response.socket?.end();
  else response.socket?.resetAndDestroy();
}

/** Returns the first two events or half of the document, or all of it for `isWhole`. */
function beginningOf(answer: Answer, isWhole: boolean): string {
  if (answer.streamed)
    return completionStream(answer)
      .slice(0, isWhole ? undefined : 2)
      .join('');
  const json = JSON.stringify(completionJson(answer));
  return isWhole ? json : json.slice(0, json.length / 2);
}

function isStreamed({ body }: ReceivedRequest): boolean {
  return body?.['stream'] === true;
}

async function writeInPackets(response: ServerResponse, text: string, packetBytes: number): Promise<void> {
  response.socket?.setNoDelay(true);
  const bytes = Buffer.from(text, 'utf8');
  for (let start = 0; start < bytes.length; start += packetBytes) {
    await new Promise((resolve) => response.write(bytes.subarray(start, start + packetBytes), resolve));
  }
}

export function sendError(response: ServerResponse, error: Extract<Behaviour, { kind: 'error' }>): void {
  for (const [name, value] of Object.entries(error.headers ?? {})) response.setHeader(name, value);
  const type =
    error.status === 429 ? 'requests' : error.status >= 500 ? 'server_error' : 'invalid_request_error';
  const message = error.message ?? `The server was told to answer ${error.status}.`;
  const { param = null, code = null } = error;
  sendJson(response, error.status, { error: { message, type, param, code } });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
