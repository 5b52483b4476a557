import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { buildConnector } from 'undici';
import { AddressRefusedError, createGuardedConnector, guardedLookup } from './guarded-agent.js';
import { policyWith } from './outbound.testkit.js';

const PUBLIC = { address: '93.184.216.34', family: 4 };
const PRIVATE = { address: '10.0.0.1', family: 4 };

/** Returns what a socket receives for a name that resolves to these addresses. */
async function lookUp(options: object, error: Error | null, ...addresses: LookupAddress[]) {
  const asked: LookupAllOptions[] = [];
  const lookup = guardedLookup(policyWith(), (_hostname, sent, callback) => {
    asked.push(sent);
    callback(error, addresses);
  });
  const told = await new Promise((resolve) =>
    lookup('hooks.example', options, (...answer) => {
      resolve(answer);
    }),
  );
  return { asked, told };
}

describe('guardedLookup', () => {
  it('asks for all addresses, whatever the socket asks for, and hands over one where it wants one', async () => {
    const { asked, told } = await lookUp({ hints: 32 }, null, PRIVATE, PUBLIC);
    expect(asked).toEqual([{ hints: 32, all: true }]);
    expect(told).toEqual([null, PUBLIC.address, PUBLIC.family]);
    expect((await lookUp({ all: false }, null, PUBLIC)).told).toEqual([null, PUBLIC.address, PUBLIC.family]);
    expect((await lookUp({ all: true }, null, PRIVATE, PUBLIC)).told).toEqual([null, [PUBLIC]]);
  });

  it('hands on what the resolver fails of', async () => {
    const error = new Error('getaddrinfo ENOTFOUND hooks.example');
    expect((await lookUp({ all: true }, error)).told).toEqual([error, []]);
    expect((await lookUp({ all: true }, error, PUBLIC)).told).toEqual([error, []]);
  });

  it('does not say which addresses it refuses', async () => {
    const { told } = await lookUp({ all: true }, null, PRIVATE);
    expect(told).toEqual([expect.any(AddressRefusedError), []]);
    const [error] = told as [Error];
    expect([error.name, error.message]).toEqual(['AddressRefusedError', 'the host has no public address']);
  });
});

describe('a URL without a port', () => {
  it.each([
    ['https:', '127.0.0.1:443', true],
    ['http:', '127.0.0.1:80', true],
    ['https:', '127.0.0.1:80', false],
    ['http:', '127.0.0.1:443', false],
  ])(
    'of %s, with %s allowed, has the usual one: may be connected to: %s',
    async (protocol, allowed, isOpened) => {
      const connect = createGuardedConnector(policyWith(allowed), { connectTimeoutMs: 5000 });
      const options = {
        hostname: '127.0.0.1',
        host: '127.0.0.1',
        protocol,
        port: '',
      } as buildConnector.Options;
      const outcome = await new Promise((resolve) => {
        connect(options, (error, socket) => {
          socket?.destroy();
          resolve(error);
        });
      });
      // The outcome may also be a failed connection, because nothing need listen there.
      expect(outcome instanceof AddressRefusedError).toBe(!isOpened);
    },
  );
});
