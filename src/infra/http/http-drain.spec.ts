import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { HttpDrain } from './http-drain.js';

const LONG_MS = 60_000;

async function listen(
  listener: RequestListener,
): Promise<{ server: Server; port: number; drain: HttpDrain }> {
  const server = createServer(listener);
  const drain = new HttpDrain(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, drain };
}

describe('HttpDrain', () => {
  it('ends at once when nothing is under way, though a connection was opened and never used', async () => {
    const { server, port, drain } = await listen((_request, response) => response.end());
    const socket = connect(port, '127.0.0.1');
    await Promise.all([once(socket, 'connect'), once(server, 'connection')]);
    const cut = once(socket, 'close');
    await drain.stop(LONG_MS);
    await cut;
  });

  it('lets a request be answered, and takes no new one', async () => {
    let answer = () => {};
    const { server, port, drain } = await listen((_request, response) => {
      answer = () => response.end('done');
    });
    const request = get({ port, host: '127.0.0.1' });
    await once(server, 'request');
    const stopped = drain.stop(LONG_MS);
    const refused = connect(port, '127.0.0.1');
    await once(refused, 'error');
    answer();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('done');
    await stopped;
  });

  it('cuts what is not answered within the grace', async () => {
    const { server, port, drain } = await listen(() => undefined);
    const request = get({ port, host: '127.0.0.1' });
    const failed = once(request, 'error');
    await once(server, 'request');
    await drain.stop(10);
    expect(((await failed) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
  });
});
