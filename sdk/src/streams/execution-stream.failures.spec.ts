import { type ApiError, ConnectionError, PaymentRequiredError, ProviderError } from '../core/index.js';
import type * as waitingModule from '../core/waiting.js';
import { PromptLedger } from '../prompt-ledger.js';
import {
  beginStream,
  begun,
  closeServers,
  delta,
  done,
  eventText,
  failureOf,
  send,
  type Serve,
  serve,
  streamAt,
  textsOf,
  whole,
} from './streams.testkit.js';

// Real waits would be hundreds of milliseconds each.
jest.mock('../core/waiting.js', () => {
  const waiting = jest.requireActual<typeof waitingModule>('../core/waiting.js');
  return { ...waiting, waitBefore: (retry: number, asked: number | null) => asked ?? retry };
});

afterEach(closeServers);

const PROBLEM = {
  type: 't',
  title: 'T',
  status: 502,
  detail: 'It broke.',
  instance: '/',
  code: 'PROVIDER_FAILED',
};
const failed = eventText('error', { ...PROBLEM, execution_id: 'e-1' });

describe('a stream that fails', () => {
  const refuse =
    (status: number, code: string): Serve =>
    (response) => {
      response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '0' });
      response.end(JSON.stringify({ ...PROBLEM, status, code }));
    };
  const cutAfter =
    (text: string): Serve =>
    (response) => {
      beginStream(response).write(text, () => response.destroy());
    };

  it('before its first byte is tried again, with one key', async () => {
    const server = await serve(
      refuse(429, 'RATE_LIMITED'),
      (response) => void response.destroy(),
      (response) => void beginStream(response).destroy(),
      (response) => void beginStream(response).end(),
      send(whole),
    );
    const stream = new PromptLedger({ baseUrl: server.url, apiKey: 'k', maxRetries: 4 }).stream('p');
    expect(await textsOf(stream)).toEqual(['Häl', 'lo 😀']);
    expect(server.keys).toHaveLength(5);
    expect(new Set(server.keys).size).toBe(1);
  });

  it('before it begins has the error of a run', async () => {
    const server = await serve(refuse(402, 'BUDGET_EXCEEDED'));
    const error = await failureOf(textsOf(streamAt(server)));
    expect(error).toBeInstanceOf(PaymentRequiredError);
    expect(error).toMatchObject({ code: 'BUDGET_EXCEEDED', status: 402 });
    expect(server.keys).toHaveLength(1);
  });

  it('in its midst has it too, after the pieces that came, and is not tried again', async () => {
    const server = await serve(send(begun + delta('a') + failed));
    const stream = streamAt(server);
    const texts: string[] = [];
    const loop = async () => {
      for await (const { text } of stream) texts.push(text);
    };
    const error = await failureOf(loop());
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({
      code: 'PROVIDER_FAILED',
      status: 502,
      message: 'It broke.',
      executionId: 'e-1',
    });
    expect((error as ApiError).response.status).toBe(200);
    expect(texts).toEqual(['a']);
    expect(await failureOf(stream.final())).toBe(error);
    expect(server.keys).toHaveLength(1);
  });

  it.each([
    ['breaks off', cutAfter(begun + delta('a'))],
    ['ends too early', send(begun + delta('a'))],
    ['ends in the middle of its last event', send(begun + delta('a') + done.trimEnd())],
  ])('since it %s is a ConnectionError, and is not tried again', async (_how, step) => {
    const server = await serve(step);
    const stream = streamAt(server);
    expect(await failureOf(stream.final())).toBeInstanceOf(ConnectionError);
    expect([stream.executionId, server.keys.length]).toEqual(['e-1', 1]);
  });

  it.each([
    ['a page', (response: Parameters<Serve>[0]) => void response.end('<html>')],
    ['an event that is no JSON', send('event: delta\ndata: hello\n\n')],
    ['an error that is no problem', send('event: error\ndata: "no"\n\n')],
  ])('since it is %s says so', async (_what, step) => {
    const server = await serve(step);
    expect(await failureOf(textsOf(streamAt(server)))).toMatchObject({ code: 'ANSWER_UNREADABLE' });
  });

  it('since an event is too large ends the call', async () => {
    const server = await serve((response) => {
      beginStream(response).write(begun);
      const more = () => void response.write('data: '.padEnd(1024 ** 2, 'x'), (error) => error ?? more());
      more();
    });
    expect(await failureOf(streamAt(server).final())).toMatchObject({ code: 'ANSWER_UNREADABLE' });
    await server.left;
  });
});
