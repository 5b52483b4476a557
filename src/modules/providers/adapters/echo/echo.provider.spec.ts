import { toUSVString } from 'node:util';
import { complete, type Completion } from '../../calls/complete.js';
import { describeProvider } from '../../testkit/describe-provider.testkit.js';
import type { ProviderMessage, ProviderParams, ProviderRequest } from '../../provider.contract.js';
import { EchoProvider } from './echo.provider.js';

type Asked = Pick<ProviderRequest, 'tools' | 'toolChoice' | 'responseFormat'>;

const LIMITS = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 512_000 };

describeProvider('echo', {
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  provider: () => new EchoProvider(),
  unready: null,
  scenarios: {
    answers: () => 'echo',
    status: (status) => `echo-fail-${status}`,
    hangsAtStart: () => 'echo-hang',
    wire: null,
  },
  expectedAnswer: ([message]) => message?.content ?? '',
  sentAttemptIds: null,
});

describe('EchoProvider', () => {
  const ask = (
    modelName: string,
    messages: readonly ProviderMessage[],
    params: ProviderParams = {},
    asked: Asked = {},
  ): Promise<Completion> =>
    complete(new EchoProvider(), { modelName, messages, params, attemptId: 'a-1', ...asked }, LIMITS);
  const user = (content: string): ProviderMessage[] => [{ role: 'user', content }];

  it('counts words as tokens and says under which id it was asked', async () => {
    expect(await ask('echo', user(' one  two\nthree '))).toMatchObject({
      text: ' one  two\nthree ',
      usage: { promptTokens: 3, responseTokens: 3 },
      finishReason: 'stop',
      providerRequestId: 'echo-a-1',
      servedModelName: 'echo',
    });
  });

  it('answers a chat with each message under its role', async () => {
    const { text } = await ask('echo', [{ role: 'system', content: 'Be brief.' }, ...user('Hello')]);
    expect(text).toBe('system: Be brief.\nuser: Hello');
  });

  it('ends after max_new_tokens words', async () => {
    expect(await ask('echo', user('one  two three'), { max_new_tokens: 2 })).toMatchObject({
      text: 'one  two',
      finishReason: 'length',
      usage: { promptTokens: 3, responseTokens: 2 },
    });
    expect(await ask('echo', user('one two '), { max_new_tokens: 2 })).toMatchObject({
      text: 'one two ',
      finishReason: 'stop',
    });
  });

  it('answers an empty prompt with nothing', async () => {
    expect(await ask('echo', user(''))).toMatchObject({ text: '', usage: { responseTokens: 0 } });
  });

  it('answers after the time in the name', async () => {
    expect((await ask('echo-slow-20ms', user('late'))).text).toBe('late');
    await expect(
      complete(
        new EchoProvider(),
        { modelName: 'echo-slow-600000ms', messages: user('x'), params: {}, attemptId: 'a-1' },
        { ...LIMITS, deadlineMs: 20 },
      ),
    ).rejects.toMatchObject({ kind: 'timeout' });
  });

  it.each([1, 64, 300])('answers exactly %i KiB', async (kib) => {
    expect((await ask(`echo-long-${kib}k`, user('x'))).totalBytes).toBe(kib * 1024);
  });

  it('cuts no character in two between deltas', async () => {
    const content = `x${'👋'.repeat(20_000)}`;
    const deltas: string[] = [];
    const request = { modelName: 'echo', messages: user(content), params: {}, attemptId: 'a-1' };
    const { signal } = new AbortController();
    for await (const event of new EchoProvider().stream({ ...request, signal })) {
      if (event.type === 'delta') deltas.push(event.text);
    }
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.every((delta) => toUSVString(delta) === delta)).toBe(true);
    expect(deltas.join('')).toBe(content);
  });

  it('asks to wait a second after a 429', async () => {
    await expect(ask('echo-fail-429', user('x'))).rejects.toMatchObject({ retryAfterMs: 1000 });
  });

  it.each([
    'ech',
    'echo-slow-5',
    'echo-slow-5k',
    'echo-stream-5',
    'echo-stream-5k',
    'echo-fail-200',
    'echo-fail-500ms',
    'echo-long-k',
  ])('refuses the model %s', async (modelName) => {
    await expect(ask(modelName, user('x'))).rejects.toMatchObject({
      kind: 'provider_rejected',
      status: 404,
    });
  });

  describe('with tools', () => {
    const tools = [{ name: 'search' }, { name: 'open' }];
    const chat: ProviderMessage[] = [
      ...user('first'),
      { role: 'assistant', content: 'x' },
      ...user('say "hi"'),
    ];

    it.each<[Asked['toolChoice'], string]>([
      ['required', 'search'],
      [{ name: 'open' }, 'open'],
    ])('calls the one it has to for %j', async (toolChoice, name) => {
      expect(await ask('echo', chat, {}, { tools, toolChoice: toolChoice ?? 'auto' })).toMatchObject({
        text: '',
        toolCalls: [{ id: 'call_3', name, arguments: '{"echo":"say \\"hi\\""}' }],
        finishReason: 'tool_calls',
        usage: { promptTokens: 4, responseTokens: 2 },
      });
    });

    it.each<[Asked['toolChoice']]>([['auto'], ['none'], [undefined]])('calls none for %j', async (choice) => {
      const asked = choice === undefined ? { tools } : { tools, toolChoice: choice };
      expect(await ask('echo', user('hi'), {}, asked)).toMatchObject({
        text: 'hi',
        toolCalls: [],
        finishReason: 'stop',
      });
    });

    it('shows what a tool answered', async () => {
      const messages = [...user('hi'), { role: 'tool', content: '42', toolCallId: 'call_1' } as const];
      expect((await ask('echo', messages, {}, { tools })).text).toBe('user: hi\ntool: 42');
    });

    it('refuses a tool that it was not given', async () => {
      const asked = ask('echo', chat, {}, { tools, toolChoice: { name: 'close' } });
      await expect(asked).rejects.toMatchObject({ kind: 'provider_rejected', status: 400 });
    });

    it('ends the arguments after max_new_tokens words', async () => {
      const asked: Asked = { tools, toolChoice: 'required' };
      expect(await ask('echo', user('one two'), { max_new_tokens: 1 }, asked)).toMatchObject({
        toolCalls: [{ arguments: '{"echo":"one' }],
        finishReason: 'length',
      });
    });
  });

  it.each<NonNullable<Asked['responseFormat']>>([
    { type: 'json_object' },
    { type: 'json_schema', name: 'a', schema: {} },
  ])('answers JSON for the format %j', async (responseFormat) => {
    const { text } = await ask('echo', user('a "b"'), {}, { responseFormat });
    expect(JSON.parse(text)).toEqual({ echo: 'a "b"' });
  });

  describe('echo-stream', () => {
    const pieces = async (content: string, asked: Asked = {}): Promise<string[]> => {
      const seen: string[] = [];
      const request = { modelName: 'echo-stream-1ms', messages: user(content), params: {}, attemptId: 'a-1' };
      await complete(new EchoProvider(), { ...request, ...asked }, LIMITS, (event) => {
        seen.push(event.type === 'delta' ? event.text : event.arguments);
      });
      return seen;
    };

    it('sends word by word, white space kept', async () => {
      expect(await pieces(' one  two\n👋three ')).toEqual([' ', 'one  ', 'two\n', '👋three ']);
      expect(await pieces('  ')).toEqual(['  ']);
      expect(await pieces('')).toEqual([]);
    });

    it('sends the arguments of a call so, too', async () => {
      const asked: Asked = { tools: [{ name: 'search' }], toolChoice: 'required' };
      expect(await pieces('one two', asked)).toEqual(['{"echo":"one ', 'two"}']);
    });

    it('ends when nobody wants the answer any more', async () => {
      const controller = new AbortController();
      const reason = new Error('gone');
      const request = {
        modelName: 'echo-stream-600000ms',
        messages: user('a b'),
        params: {},
        attemptId: 'a',
      };
      const running = complete(new EchoProvider(), { ...request, signal: controller.signal }, LIMITS);
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
    });
  });

  describe('what it says a call is billed at most', () => {
    const most = (
      modelName: string,
      messages: ProviderMessage[],
      params: ProviderParams = {},
      asked: Asked = {},
    ) => new EchoProvider().maxTokens({ modelName, messages, params, ...asked });

    it.each<[string, ProviderMessage[], ProviderParams, Asked]>([
      ['echo', user('one two three'), {}, {}],
      ['echo', user('one two three'), { max_new_tokens: 2 }, {}],
      ['echo', user(''), {}, {}],
      ['echo', [{ role: 'system', content: 'Be brief.' }, ...user('Hello there')], {}, {}],
      ['echo-slow-1ms', user('one two three'), {}, {}],
      ['echo-stream-0ms', user('one two three'), { max_new_tokens: 9 }, {}],
      ['echo-long-1k', user('x'), {}, {}],
      ['echo-long-1k', user('x'), { max_new_tokens: 10 }, {}],
      ['echo', user(' a'), {}, { responseFormat: { type: 'json_object' } }],
      ['echo', user(' a'), {}, { tools: [{ name: 'x' }], toolChoice: 'required' }],
    ])('is what %s answers to %j with %j and %j', async (modelName, messages, params, asked) => {
      const { promptTokens, responseTokens } = (await ask(modelName, messages, params, asked)).usage;
      expect(most(modelName, messages, params, asked)).toEqual({ promptTokens, responseTokens });
    });

    it('bounds an answer that may be a call or not', () => {
      const chat: ProviderMessage[] = [{ role: 'system', content: 'a b c d' }, ...user('x')];
      expect(most('echo', chat, {}, { tools: [{ name: 'x' }] })).toEqual({
        promptTokens: 5,
        responseTokens: 7,
      });
    });

    it('is not known of a model that there is not', () => {
      expect(most('ech', user('a'))).toEqual({ promptTokens: 1, responseTokens: null });
    });
  });
});
