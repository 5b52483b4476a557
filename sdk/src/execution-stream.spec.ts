import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import {
  type ApiError,
  ConnectionError,
  PaymentRequiredError,
  ProviderError,
  TimeoutError,
} from './core/index.js';
import type * as waitingModule from './core/waiting.js';
import {
  beginStream,
  type EventServer,
  eventText,
  type Serve,
  startEventServer,
} from './event-server.testkit.js';
import type { ExecutionStream } from './execution-stream.js';
import { fakeFetch, json, problem, type Step } from './fake-fetch.testkit.js';
import type { StreamOptions } from './options.js';
import { PromptLedger } from './prompt-ledger.js';

// Real waits would be hundreds of milliseconds each.
jest.mock('./core/waiting.js', () => {
  const waiting = jest.requireActual<typeof waitingModule>('./core/waiting.js');
  return { ...waiting, waitBefore: (retry: number, asked: number | null) => asked ?? retry };
});

const EXECUTION = { execution_id: 'e-1', status: 'running', model: { provider: 'a', model_name: 'b' } };
const DONE = { ...EXECUTION, status: 'succeeded', response_text: 'Hällo 😀' };
const begun = eventText('execution', EXECUTION);
const delta = (text: string) => eventText('delta', { text });
const done = eventText('done', DONE);
const whole = begun + delta('Häl') + delta('lo 😀') + done;
const PROBLEM = {
  type: 't',
  title: 'T',
  status: 502,
  detail: 'It broke.',
  instance: '/',
  code: 'PROVIDER_FAILED',
};
const failed = eventText('error', { ...PROBLEM, execution_id: 'e-1' });

const running: EventServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function serve(...steps: Serve[]): Promise<EventServer> {
  const server = await startEventServer(...steps);
  running.push(server);
  return server;
}

function streamAt({ url }: { url: string }, options: StreamOptions = {}): ExecutionStream {
  return new PromptLedger({ baseUrl: url, apiKey: 'k' }).stream('p', {}, options);
}

const send =
  (text: string): Serve =>
  (response) =>
    void beginStream(response).end(text);

async function textsOf(stream: ExecutionStream): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of stream) texts.push(text);
  return texts;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  );
}

describe('a stream', () => {
  it('sends nothing before its first use, and gives the answer in its pieces', async () => {
    const server = await serve(send(whole));
    const stream = streamAt(server);
    await turn();
    expect([server.keys, stream.executionId, stream.response]).toEqual([[], null, null]);
    expect(await textsOf(stream)).toEqual(['Häl', 'lo 😀']);
    expect([stream.executionId, stream.response?.status]).toEqual(['e-1', 200]);
    expect(await stream.final()).toEqual(DONE);
    expect(server.keys).toHaveLength(1);
  });

  it('is read whatever the pieces are, and whatever else comes', async () => {
    const noise = ': keep-alive\n\nevent: of-tomorrow\ndata: {}\n\n';
    const bytes = Buffer.from(
      `\u{FEFF}${noise}${whole.replaceAll('\n\n', `\n\n${noise}`)}`.replaceAll('\n', '\r\n'),
    );
    const server = await serve((response) => {
      beginStream(response).socket?.setNoDelay(true);
      const sendFrom = (at: number): void => {
        if (at >= bytes.length) return void response.end();
        // One byte a turn, so that characters and line ends come in two.
        response.write(bytes.subarray(at, at + 1), () => setImmediate(sendFrom, at + 1));
      };
      sendFrom(0);
    });
    expect(await textsOf(streamAt(server))).toEqual(['Häl', 'lo 😀']);
  });

  it('has tool calls in their pieces, with an empty text', async () => {
    const tools = [{ index: 0, id: 'call_1', name: 'get_weather', arguments: '{"ci' }];
    const server = await serve(send(begun + eventText('delta', { tool_calls: tools }) + done));
    const deltas = [];
    for await (const each of streamAt(server)) deltas.push(each);
    expect(deltas).toEqual([{ text: '', tool_calls: tools }]);
  });

  it('gives the result to who does not read it', async () => {
    const server = await serve(send(whole));
    const stream = streamAt(server);
    expect(await stream.final()).toEqual(DONE);
    expect(await stream.final()).toEqual(DONE);
  });

  it('gives all pieces to a loop, whoever asks for the result before or in it', async () => {
    const server = await serve(send(whole));
    const before = streamAt(server);
    const result = before.final();
    expect(await textsOf(before)).toEqual(['Häl', 'lo 😀']);
    expect(await result).toEqual(DONE);
    const within = streamAt(server);
    const texts: string[] = [];
    for await (const { text } of within) {
      texts.push(text);
      expect(await within.final()).toEqual(DONE);
    }
    expect(texts).toEqual(['Häl', 'lo 😀']);
  });

  it('knows its execution from the first event, and the model that took over from the next', async () => {
    const model = { provider: 'c', model_name: 'd' };
    let goOn = () => {};
    const server = await serve((response) => {
      beginStream(response).write(begun);
      goOn = () => void response.end(eventText('execution', { ...EXECUTION, model }) + delta('x') + done);
    });
    const stream = streamAt(server);
    expect(await stream.execution()).toEqual(EXECUTION);
    goOn();
    await stream.final();
    expect((await stream.execution()).model).toEqual(model);
  });

  it('says that it was given before', async () => {
    const server = await serve((response) => {
      beginStream(response, { 'idempotency-replayed': 'true' }).end(begun + delta('Hällo 😀') + done);
    });
    const stream = streamAt(server, { idempotencyKey: 'mine' });
    expect(await textsOf(stream)).toEqual(['Hällo 😀']);
    expect(server.keys).toEqual(['mine']);
    expect(stream.response?.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('a stream that is left', () => {
  const endless: Serve = (response) => void beginStream(response).write(begun + delta('a') + delta('b'));

  it('by a break or an error in the loop ends the call, and the server sees it', async () => {
    const server = await serve(endless);
    const stream = streamAt(server);
    for await (const { text } of stream) {
      expect(text).toBe('a');
      break;
    }
    await server.left;
    expect(await failureOf(stream.final())).toMatchObject({ name: 'AbortError' });
    expect(await failureOf(textsOf(stream))).toMatchObject({ name: 'AbortError' });

    const other = await serve(endless);
    const own = new Error('of the loop');
    const loop = async () => {
      for await (const _delta of streamAt(other)) throw own;
    };
    expect(await failureOf(loop())).toBe(own);
    await other.left;
  });

  it('by abort() or the caller’s signal rejects whatever waits with the reason', async () => {
    const server = await serve(endless);
    const stream = streamAt(server);
    const result = failureOf(stream.final());
    await stream.execution();
    stream.abort('enough');
    expect(await result).toBe('enough');
    await server.left;

    const other = await serve(endless);
    const controller = new AbortController();
    const signalled = streamAt(other, { signal: controller.signal });
    const texts: string[] = [];
    const loop = async () => {
      for await (const { text } of signalled) if (texts.push(text) === 2) controller.abort('no more');
    };
    expect(await failureOf(loop())).toBe('no more');
    expect(texts).toEqual(['a', 'b']);
    await other.left;
  });

  it('gives no piece after that which was read already', async () => {
    const server = await serve(endless);
    const stream = streamAt(server);
    const result = failureOf(stream.final());
    const texts: string[] = [];
    const loop = async () => {
      for await (const { text } of stream) {
        await turn();
        texts.push(text);
        stream.abort('enough');
      }
    };
    expect([await failureOf(loop()), await result]).toEqual(['enough', 'enough']);
    expect(texts).toEqual(['a']);
  });

  it('before it began sends nothing', async () => {
    const server = await serve(endless);
    const stream = streamAt(server);
    stream.abort('early');
    expect(await failureOf(textsOf(stream))).toBe('early');
    expect(await failureOf(streamAt(server, { signal: AbortSignal.abort('before') }).execution())).toBe(
      'before',
    );
    expect(server.keys).toEqual([]);
  });

  it('is of no matter when it is over', async () => {
    const server = await serve(send(whole));
    const stream = streamAt(server);
    await stream.final();
    stream.abort();
    expect(await stream.final()).toEqual(DONE);
  });
});

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

/** A body that the test writes, and that tells how far it was read. */
function bodyByHand() {
  const state = { pulls: 0, canceled: false };
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (given) => void (controller = given),
      pull: () => void (state.pulls += 1),
      cancel: () => void (state.canceled = true),
    },
    { highWaterMark: 0 },
  );
  const step: Step = () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  return {
    state,
    step,
    write: (text: string) => controller?.enqueue(new TextEncoder().encode(text)),
    end: () => controller?.close(),
  };
}

function fakeStream(step: Step, options: StreamOptions = {}): ExecutionStream {
  const { fetch } = fakeFetch(step);
  return new PromptLedger({ baseUrl: 'http://ledger.test', apiKey: 'k', fetch }).stream('p', {}, options);
}

describe('reading', () => {
  it('does not run ahead of the loop', async () => {
    const { state, step, write, end } = bodyByHand();
    const stream = fakeStream(step);
    const pulls: number[] = [];
    const loop = async () => {
      for await (const _delta of stream) {
        await turn();
        pulls.push(state.pulls);
      }
    };
    const over = loop();
    for (const text of [begun, delta('a'), delta('b'), delta('c')]) {
      await turn();
      await turn();
      write(text);
    }
    await turn();
    await turn();
    write(done);
    end();
    await over;
    expect(pulls).toEqual([2, 3, 4]);
  });

  it('goes on to the end of the answer, so that its connection is used again', async () => {
    const { state, step, write, end } = bodyByHand();
    const stream = fakeStream(step);
    const result = stream.final();
    await turn();
    write(begun);
    await turn();
    write(done);
    await result;
    await turn();
    end();
    await turn();
    expect(state).toEqual({ pulls: 3, canceled: false });
  });
});

describe('time limits', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] }));
  afterEach(() => jest.useRealTimers());

  it('let a stream go on that is alive, however long it takes, and a loop take its time', async () => {
    const { step, write, end } = bodyByHand();
    const stream = fakeStream(step, { timeoutMs: 1_000 });
    const texts: string[] = [];
    const loop = async () => {
      for await (const { text } of stream) {
        texts.push(text);
        // Nobody waits for the server meanwhile.
        await jest.advanceTimersByTimeAsync(3_600_000);
      }
    };
    const over = loop();
    await turn();
    write(begun);
    for (let minute = 0; minute < 30; minute += 1) {
      await jest.advanceTimersByTimeAsync(60_000);
      write(': keep-alive\n\n');
      await turn();
    }
    write(delta('a'));
    await turn();
    write(done);
    end();
    await over;
    expect(texts).toEqual(['a']);
  });

  it('let a loop take its time over what came with the first bytes', async () => {
    const { state, step, write, end } = bodyByHand();
    const stream = fakeStream(step);
    const loop = async () => {
      for await (const _delta of stream) {
        await jest.advanceTimersByTimeAsync(3_600_000);
        write(done);
        end();
      }
    };
    const over = loop();
    await turn();
    write(begun + delta('a'));
    await over;
    expect(state.canceled).toBe(false);
    expect(await stream.final()).toEqual(DONE);
  });

  it.each([
    [{}, 90_000],
    [{ idleTimeoutMs: 5_000 }, 5_000],
  ])('end a silence, with the options %j', async (options, ms) => {
    const { state, step, write } = bodyByHand();
    const stream = fakeStream(step, options);
    const result = failureOf(stream.final());
    await turn();
    write(begun);
    await turn();
    await jest.advanceTimersByTimeAsync(ms - 1);
    expect(state.canceled).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await result).toBeInstanceOf(TimeoutError);
    expect(await result).toMatchObject({ message: `POST /v1/executions:stream was silent for ${ms} ms.` });
    expect(state.canceled).toBe(true);
  });

  it('end a stream that does not begin, later than the ledger would', async () => {
    const { step } = bodyByHand();
    const result = failureOf(fakeStream(step, { timeoutMs: 2_000 }).final());
    await turn();
    await jest.advanceTimersByTimeAsync(12_000);
    expect(await result).toMatchObject({
      code: 'CLIENT_TIMEOUT',
      message: 'The beginning of POST /v1/executions:stream was not over within 12000 ms.',
    });
  });

  it('end an answer that does not end after its last event', async () => {
    const { state, step, write } = bodyByHand();
    const stream = fakeStream(step);
    const result = stream.final();
    await turn();
    write(begun + done);
    expect(await result).toEqual(DONE);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(state.canceled).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('what is sent', () => {
  const answer: Step = () => new Response(whole, { headers: { 'content-type': 'text/event-stream' } });

  it('is the request of a run, in the words of the wire', async () => {
    const { fetch, requests } = fakeFetch(answer);
    const ledger = new PromptLedger({
      baseUrl: 'http://ledger.test',
      apiKey: 'k',
      environment: 'prod',
      fetch,
    });
    const options = { version: 3, cache: { ttl_s: 60 }, onBudget: 'clamp', correlationId: 'c' } as const;
    await ledger
      .stream('p', { a: 1 }, { ...options, model: ['x/y', { provider: 'z', model_name: 'w' }] })
      .final();
    await ledger.stream('p', {}, { model: { route: 'cheap' } }).final();
    await ledger.executions.stream({ prompt_name: 'q' }).final();
    expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      [
        'POST',
        '/v1/executions:stream',
        {
          prompt_name: 'p',
          version_number: 3,
          variables: { a: 1 },
          model: [
            { provider: 'x', model_name: 'y' },
            { provider: 'z', model_name: 'w' },
          ],
          cache: { ttl_s: 60 },
          on_budget: 'clamp',
          environment: 'prod',
          correlation_id: 'c',
        },
      ],
      [
        'POST',
        '/v1/executions:stream',
        { prompt_name: 'p', variables: {}, model: { route: 'cheap' }, environment: 'prod' },
      ],
      ['POST', '/v1/executions:stream', { prompt_name: 'q' }],
    ]);
    expect(requests[0]?.headers.get('accept')).toBe('text/event-stream, application/json');
  });

  it('names the version of a text in code, whose variables are typed', async () => {
    const hash = createHash('sha256').update('Hi {{name}}').digest('hex');
    const { fetch, requests } = fakeFetch(({ path }) =>
      path.endsWith('/versions')
        ? json([{ version_number: 4, checksum_hash: hash }])({} as never, null)
        : answer({} as never, null),
    );
    const ledger = new PromptLedger({
      mode: 'tracking_only',
      codeRegistry: { HI: 'Hi {{name}}' } as const,
      baseUrl: 'http://ledger.test',
      apiKey: 'k',
      fetch,
    });
    // @ts-expect-error: without its variable.
    void ledger.stream('HI', {});
    await ledger.stream('HI', { name: 'Ada' }).final();
    expect(requests.map(({ path }) => path)).toEqual(['/v1/prompts/HI/versions', '/v1/executions:stream']);
    expect(requests[1]?.body).toMatchObject({ version_number: 4 });
    await expect(ledger.execute('HI', { name: 'Ada' }, { model: ['a/b', 'c/d'] })).rejects.toMatchObject({
      code: 'CLIENT_MISCONFIGURED',
    });
  });

  it('is nothing when an argument cannot work', async () => {
    const { fetch, requests } = fakeFetch(problem(500, 'X'));
    const ledger = new PromptLedger({ baseUrl: 'http://ledger.test', apiKey: 'k', fetch });
    const wrong = ledger.stream('p', {}, { model: 'no-slash/' });
    expect(await failureOf(wrong.final())).toMatchObject({ code: 'CLIENT_MISCONFIGURED' });
    expect(requests).toEqual([]);
  });
});
