import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { AnthropicProvider } from '../adapters/anthropic/anthropic.provider.js';
import { GoogleProvider } from '../adapters/google/google.provider.js';
import { OpenAiProvider } from '../adapters/openai/openai.provider.js';
import { ASKING_WAYS } from '../testkit/asking-ways.testkit.js';
import { complete, type CompletionObserver, type PartialCompletion } from './complete.js';
import { ProviderError, type ModelProvider, type ProviderRequest } from '../provider.contract.js';

const LIMITS = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 100 };
const REQUEST = {
  modelName: 'm',
  messages: [{ role: 'user', content: 'x' }],
  params: { max_new_tokens: 10 },
  attemptId: 'a-1',
} as const;

/** Returns the details of a call that failed. */
async function failedCall(
  provider: ModelProvider,
  onEvent: CompletionObserver | undefined,
  more: { readonly deadlineMs?: number; readonly signal?: AbortSignal } = {},
): Promise<PartialCompletion & { readonly kind: string }> {
  const partial: PartialCompletion = { collected: null, firstTokenMs: null };
  const { deadlineMs = LIMITS.deadlineMs, ...rest } = more;
  const error: unknown = await complete(
    provider,
    { ...REQUEST, ...rest },
    { ...LIMITS, deadlineMs },
    onEvent,
    partial,
  ).then(
    () => new Error('the call succeeded'),
    (thrown: unknown) => thrown,
  );
  return { ...partial, kind: error instanceof ProviderError ? error.kind : String(error) };
}

type Create = (baseUrl: string) => ModelProvider & { onApplicationShutdown(): Promise<void> };

const settings = (values: Readonly<Record<string, string>>) => (name: string) => values[name];
const KEY = 'sk-test-0123456789';

const VENDORS: readonly (readonly [string, Create])[] = [
  ['openai', (url) => new OpenAiProvider(settings({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: url }))],
  [
    'anthropic',
    (url) => new AnthropicProvider(settings({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url })),
  ],
  ['google', (url) => new GoogleProvider(settings({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: url }))],
];

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.each(VENDORS)('what is known of a call to %s', (_vendor, create) => {
  describe.each(ASKING_WAYS)('asked %s', (_way, onEvent) => {
    let provider: ReturnType<Create>;
    let server: Server | null = null;
    const sockets = new Set<{ destroy(): unknown }>();

    afterEach(async () => {
      await provider.onApplicationShutdown();
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
      server = null;
    });

    async function serve(onSocket: (socket: Socket) => void, tls = false): Promise<string> {
      const keep = (socket: Socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        onSocket(socket);
      };
      // Without a certificate every handshake fails.
      server = tls ? createTlsServer({}, keep) : createTcpServer(keep);
      return `http${tls ? 's' : ''}://127.0.0.1:${await listen(server)}`;
    }

    it('whose connection is refused: it was not sent', async () => {
      provider = create(`http://127.0.0.1:${await closedPort()}`);
      expect(await failedCall(provider, onEvent)).toMatchObject({ kind: 'connection', wasSent: false });
    });

    it('whose host has no address: it was not sent', async () => {
      provider = create('http://no-such-host.invalid');
      expect(await failedCall(provider, onEvent)).toMatchObject({ kind: 'connection', wasSent: false });
    });

    it('whose TLS handshake fails: it was not sent', async () => {
      provider = create(await serve(() => undefined, true));
      expect(await failedCall(provider, onEvent)).toMatchObject({ kind: 'connection', wasSent: false });
    });

    it('whose server speaks no TLS: it was not sent', async () => {
      const baseUrl = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      provider = create(baseUrl.replace('http:', 'https:'));
      expect(await failedCall(provider, onEvent)).toMatchObject({ kind: 'connection', wasSent: false });
    });

    it('whose deadline ends in the handshake: it was not sent', async () => {
      const baseUrl = await serve(() => undefined);
      provider = create(baseUrl.replace('http:', 'https:'));
      const call = await failedCall(provider, onEvent, { deadlineMs: 100 });
      expect(call).toMatchObject({ kind: 'timeout', wasSent: false, interruptedBy: 'deadline' });
    });

    it.each([0.9, 0, -5])('whose deadline of %d ms was over before: it was not sent', async (deadlineMs) => {
      let connections = 0;
      provider = create(await serve(() => void (connections += 1)));
      const call = await failedCall(provider, onEvent, { deadlineMs });
      expect(call).toMatchObject({ kind: 'timeout', wasSent: false });
      expect(connections).toBe(0);
    });

    it('whose caller had left before: it was not sent', async () => {
      provider = create(await serve(() => undefined));
      const call = await failedCall(provider, onEvent, { signal: AbortSignal.abort(new Error('left')) });
      expect(call).toMatchObject({ wasSent: false, interruptedBy: 'caller' });
    });

    it('that is cut off once its request has come: it may have been sent', async () => {
      provider = create(await serve((socket) => void socket.once('data', () => socket.destroy())));
      expect(await failedCall(provider, onEvent)).toMatchObject({ kind: 'connection', wasSent: true });
    });

    it('that is not answered until its deadline: it may have been sent', async () => {
      provider = create(await serve(() => undefined));
      const call = await failedCall(provider, onEvent, { deadlineMs: 200 });
      expect(call).toMatchObject({ kind: 'timeout', wasSent: true, interruptedBy: 'deadline' });
    });

    it('over a kept connection that is dead by now: it may have been sent', async () => {
      let requests = 0;
      const answer = 'HTTP/1.1 500 x\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}';
      provider = create(
        await serve((socket) => {
          socket.on('data', () => {
            requests += 1;
            if (requests === 1) socket.write(answer);
            else socket.destroy();
          });
        }),
      );
      await failedCall(provider, onEvent);
      expect(await failedCall(provider, onEvent)).toMatchObject({ wasSent: true });
    });
  });
});

describe('what is known of a call by an adapter that does not say what it sends', () => {
  const adapter = (ask: (request: ProviderRequest) => Promise<never>): ModelProvider => ({
    supportedParams: [],
    readiness: () => ({ ready: true }),
    complete: ask,
    async *stream(request) {
      yield await ask(request);
    },
  });
  const coded = (code: string, more: object = {}) => Object.assign(new Error('x'), { code, ...more });

  it.each<[string, boolean, unknown]>([
    ['ECONNREFUSED', false, coded('ECONNREFUSED')],
    ['ENOTFOUND', false, coded('ENOTFOUND', { syscall: 'getaddrinfo' })],
    ['EAI_AGAIN', false, coded('EAI_AGAIN')],
    ['a connect that takes too long', false, coded('UND_ERR_CONNECT_TIMEOUT')],
    ['no route while connecting', false, coded('EHOSTUNREACH', { syscall: 'connect' })],
    ['a time-out while connecting', false, coded('ETIMEDOUT', { syscall: 'connect' })],
    ['an expired certificate', false, coded('CERT_HAS_EXPIRED')],
    ['a certificate of another host', false, coded('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['a certificate of its own', false, coded('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['what fetch buries', false, new TypeError('fetch failed', { cause: coded('ECONNREFUSED') })],
    ['what it says itself', false, new ProviderError('rate_limited', 'x', { wasSent: false })],
    ['no route in the middle', true, coded('EHOSTUNREACH', { syscall: 'read' })],
    ['ECONNRESET', true, coded('ECONNRESET', { syscall: 'read' })],
    ['EPIPE', true, coded('EPIPE')],
    ['a closed socket', true, coded('UND_ERR_SOCKET')],
    ['a time-out of the headers', true, coded('UND_ERR_HEADERS_TIMEOUT')],
    ['another error', true, new TypeError('x')],
    ['an error of the vendor', true, new ProviderError('provider_error', 'x', { status: 500 })],
  ])('with %s: it may have been sent: %s', async (_what, wasSent, error) => {
    const provider = adapter(() => Promise.reject(error));
    for (const [, onEvent] of ASKING_WAYS) {
      expect(await failedCall(provider, onEvent)).toMatchObject({ wasSent });
    }
  });

  it('and hangs: it may have been sent', async () => {
    const provider = adapter(() => new Promise(() => undefined));
    for (const [, onEvent] of ASKING_WAYS) {
      expect(await failedCall(provider, onEvent, { deadlineMs: 5 })).toMatchObject({ wasSent: true });
    }
  });

  it('and says that it waits, until it says that it sends', async () => {
    const says = (...steps: ('waiting' | 'sending')[]) =>
      adapter((request) => {
        for (const step of steps) request.progress?.[step]();
        return new Promise(() => undefined);
      });
    for (const [, onEvent] of ASKING_WAYS) {
      const wasSent = async (...steps: ('waiting' | 'sending')[]) =>
        (await failedCall(says(...steps), onEvent, { deadlineMs: 5 })).wasSent;
      expect(await wasSent('waiting')).toBe(false);
      expect(await wasSent('waiting', 'sending')).toBe(true);
      expect(await wasSent('waiting', 'sending', 'waiting')).toBe(true);
    }
  });
});

describe('what is known of a stream that nobody reads', () => {
  const endless: ModelProvider = {
    supportedParams: [],
    readiness: () => ({ ready: true }),
    async *stream() {
      yield { type: 'start', providerRequestId: null };
      for (;;) yield await Promise.resolve({ type: 'delta', text: 'x' } as const);
    },
  };

  it('is that the provider has had next to none of the time', async () => {
    const call = await failedCall(endless, () => new Promise(() => undefined), { deadlineMs: 300 });
    expect(call).toMatchObject({
      kind: 'timeout',
      interruptedBy: 'deadline',
      answerBegan: true,
      wasSent: true,
    });
    expect(call.readerMs).toBeGreaterThan(call.providerMs ?? Infinity);
  });

  it('is that a limit of ours cut it off, where it was too long', async () => {
    const call = await failedCall(endless, () => undefined);
    expect(call).toMatchObject({ kind: 'provider_error', isCut: true, answerBegan: true });
  });
});
