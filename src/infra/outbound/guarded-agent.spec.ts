import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { AddressRefusedError, createGuardedAgent, guardedLookup } from './guarded-agent.js';
import { LOOPBACK_SPELLINGS, policyWith, PRIVATE_SPELLINGS } from './outbound.testkit.js';

/** Gives each question the next answer, and repeats the last one for ever. */
function resolver(...answers: readonly (readonly string[])[]) {
  const questions: string[] = [];
  const resolve: NonNullable<Parameters<typeof createGuardedAgent>[1]['resolve']> = (
    hostname,
    _,
    callback,
  ) => {
    const answer = answers[Math.min(questions.push(hostname), answers.length) - 1] ?? [];
    const addresses: LookupAddress[] = answer.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    setImmediate(() => {
      callback(null, addresses);
    });
  };
  return { resolve, questions };
}

/** Listens on every address of this machine and counts the connections that got through. */
class Listener {
  connections = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer((_, response) => response.end());
    this.server.on('connection', () => (this.connections += 1));
  }

  async listen(host: string, port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(port, host, resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('the guarded agent', () => {
  let listener: Listener;
  let port: number;

  beforeAll(async () => {
    listener = new Listener();
    port = await listener.listen('::');
  });
  afterAll(() => listener.close());
  beforeEach(() => (listener.connections = 0));

  async function post(url: string, options: { allowed?: string; answers?: readonly string[][] } = {}) {
    const { resolve, questions } = resolver(...(options.answers ?? []));
    const agent = createGuardedAgent(policyWith(options.allowed), { connectTimeoutMs: 5000, resolve });
    const outcome = await request(url, { dispatcher: agent, method: 'POST', body: '{}' }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      (error: unknown) => error,
    );
    await agent.destroy();
    return { outcome, questions };
  }

  it('does connect, when it is allowed to', async () => {
    const { outcome } = await post(`http://127.0.0.1:${port}/`, { allowed: '127.0.0.1' });
    expect(outcome).toBe(200);
    expect(listener.connections).toBe(1);
  });

  it.each([...LOOPBACK_SPELLINGS, ...PRIVATE_SPELLINGS])('opens no connection to %s', async (host) => {
    // Names resolve as they would on this machine.
    const { outcome } = await post(`http://${host}:${port}/`, { answers: [['127.0.0.1', '::1']] });
    expect(outcome).toBeInstanceOf(AddressRefusedError);
    expect(listener.connections).toBe(0);
  });

  it('opens no connection to a name that resolves to addresses that are not public', async () => {
    const hosts = [...LOOPBACK_SPELLINGS, ...PRIVATE_SPELLINGS].filter((host) =>
      URL.canParse(`http://${host}`),
    );
    const addresses = hosts
      .map((host) => new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, ''))
      .filter((host) => /^[\d.]+$|:/.test(host));
    expect(addresses.length).toBeGreaterThan(60);
    for (const address of addresses) {
      const { outcome, questions } = await post(`http://hooks.example:${port}/`, { answers: [[address]] });
      expect({ address, outcome }).toEqual({ address, outcome: expect.any(AddressRefusedError) as unknown });
      expect(questions).toEqual(['hooks.example']);
    }
    expect(listener.connections).toBe(0);
  });

  it('opens no connection over TLS either', async () => {
    const { outcome } = await post(`https://hooks.example:${port}/`, { answers: [['127.0.0.1']] });
    expect(outcome).toBeInstanceOf(AddressRefusedError);
    expect(listener.connections).toBe(0);
  });

  it('connects to the very address that it has checked, though the name changes its mind', async () => {
    const pinned = new Listener();
    const answers = [['127.0.0.2'], ['127.0.0.1']];
    const port = await pinned.listen('127.0.0.2');
    const other = new Listener();
    await other.listen('127.0.0.1', port);
    const { outcome, questions } = await post(`http://hooks.example:${port}/`, {
      allowed: '127.0.0.2/32',
      answers,
    });
    expect(outcome).toBe(200);
    expect(questions).toEqual(['hooks.example']);
    expect([pinned.connections, other.connections]).toEqual([1, 0]);
    await pinned.close();
    await other.close();
  });

  it('checks each request afresh, so that a name which turns private is not followed', async () => {
    const { resolve } = resolver(['127.0.0.2'], ['127.0.0.1']);
    const agent = createGuardedAgent(policyWith('127.0.0.2/32'), { connectTimeoutMs: 5000, resolve });
    const send = () => request(`http://hooks.example:${port}/`, { dispatcher: agent, method: 'POST' });
    await (await send()).body.dump();
    await expect(send()).rejects.toThrow(AddressRefusedError);
    await agent.destroy();
    expect(listener.connections).toBe(1);
  });

  it('hands over only the public ones among the addresses of a name', async () => {
    const mixed = ['10.0.0.1', '93.184.216.34', '::1', '2606:4700:4700::1111', '169.254.169.254'];
    const lookup = guardedLookup(policyWith(), resolver(mixed).resolve);
    const answer = await new Promise((resolve) =>
      lookup('hooks.example', { all: true }, (_error, addresses) => {
        resolve(addresses);
      }),
    );
    expect(answer).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '2606:4700:4700::1111', family: 6 },
    ]);
  });

  it('takes the word of the operator for a name, and for its port', async () => {
    const answers = [['127.0.0.1']];
    const allowed = `localhost:${port}`;
    expect((await post(`http://localhost:${port}/`, { allowed, answers })).outcome).toBe(200);
    const { outcome } = await post(`http://localhost:${port + 1}/`, { allowed, answers });
    expect(outcome).toBeInstanceOf(AddressRefusedError);
  });
});
