import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppConfig, parseEnvironment } from '../config/index.js';
import { CallbackUrlPolicy } from './callback-url-policy.js';
import { AddressRefusedError } from './guarded-agent.js';
import { OutboundClient } from './outbound-client.js';

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A receiver that answers as the test says. */
class Receiver {
  readonly received: Received[] = [];
  connections = 0;
  answer: RequestListener = (_, response) => response.end();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        this.received.push({ request, body });
        this.answer(request, response);
      });
    });
    this.server.on('connection', () => (this.connections += 1));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/done`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function clientWith(settings: Readonly<Record<string, string>>): OutboundClient {
  const config = new AppConfig(parseEnvironment(settings), {
    databaseUrl: '',
    keyHashSecret: null,
    embedded: false,
  });
  return new OutboundClient(new CallbackUrlPolicy(config), config);
}

describe('OutboundClient', () => {
  let receiver: Receiver;
  let url: string;
  let client: OutboundClient;

  beforeEach(async () => {
    receiver = new Receiver();
    url = await receiver.start();
    client = clientWith({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' });
  });
  afterEach(async () => {
    await client.onApplicationShutdown();
    await receiver.stop();
  });

  const post = (signal = new AbortController().signal) =>
    client.post(url, { headers: { 'X-Event': 'e-1' }, body: '{"a":1}', signal });

  it('posts what it is given, and answers with what came back', async () => {
    receiver.answer = (_, response) => {
      response.writeHead(202, { 'X-One': 'a', 'Set-Cookie': ['first=1', 'second=2'] });
      response.end('thank you');
    };
    const answer = await post();
    expect(receiver.received).toMatchObject([
      { request: { method: 'POST', url: '/done', headers: { 'x-event': 'e-1' } }, body: '{"a":1}' },
    ]);
    expect(answer.status).toBe(202);
    expect(['x-one', 'set-cookie', 'x-none'].map((name) => answer.header(name))).toEqual([
      'a',
      'first=1',
      null,
    ]);
  });

  it('follows no redirect', async () => {
    receiver.answer = (_, response) => response.writeHead(307, { Location: url }).end();
    expect(await post()).toMatchObject({ status: 307 });
    expect(receiver.received).toHaveLength(1);
  });

  it('opens no connection to an address that is not public', async () => {
    const guarded = clientWith({});
    const refused = guarded.post(url, { headers: {}, body: '', signal: new AbortController().signal });
    await expect(refused).rejects.toThrow(AddressRefusedError);
    expect(receiver.connections).toBe(0);
    await guarded.onApplicationShutdown();
  });

  it.each<[string, RequestListener]>([
    ['has no end', (_, response) => endless(response)],
    ['stops in the middle', (_, response) => response.writeHead(200).write('and then')],
  ])('answers by the head alone when the body %s', async (_what, answer) => {
    receiver.answer = answer;
    expect(await post()).toMatchObject({ status: 200 });
  });

  it('sends nothing more once its signal says so', async () => {
    const controller = new AbortController();
    receiver.answer = () => {
      controller.abort(new Error('too late'));
    };
    await expect(post(controller.signal)).rejects.toThrow('too late');
  });

  it('sends nothing more once the service ends', async () => {
    await client.onApplicationShutdown();
    await expect(post()).rejects.toThrow();
    expect(receiver.connections).toBe(0);
  });
});

function endless(response: Parameters<RequestListener>[1]): void {
  response.writeHead(200);
  const write = (): void => {
    while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
  };
  response.on('drain', write);
  write();
}
