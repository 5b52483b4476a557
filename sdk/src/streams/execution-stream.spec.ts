import { setImmediate as turn } from 'node:timers/promises';
import {
  beginStream,
  begun,
  closeServers,
  delta,
  done,
  DONE,
  eventText,
  EXECUTION,
  failureOf,
  send,
  type Serve,
  serve,
  streamAt,
  textsOf,
  whole,
} from './streams.testkit.js';

afterEach(closeServers);

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
        // Sends one byte a turn, so that characters and line ends are split.
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
