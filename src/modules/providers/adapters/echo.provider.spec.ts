import { toUSVString } from 'node:util';
import { complete, type Completion } from '../complete.js';
import { describeProvider } from '../describe-provider.testkit.js';
import type { ProviderMessage, ProviderParams } from '../provider.contract.js';
import { EchoProvider } from './echo.provider.js';

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
  ): Promise<Completion> =>
    complete(new EchoProvider(), { modelName, messages, params, attemptId: 'a-1' }, LIMITS);
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

  it.each(['ech', 'echo-slow-5', 'echo-slow-5k', 'echo-fail-200', 'echo-fail-500ms', 'echo-long-k'])(
    'refuses the model %s',
    async (modelName) => {
      await expect(ask(modelName, user('x'))).rejects.toMatchObject({
        kind: 'provider_rejected',
        status: 404,
      });
    },
  );
});
