import { once } from 'node:events';
import {
  Agent,
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '../../../../test/support/eventually.js';
import { HttpDrain } from './http-drain.js';

const LONG_MS = 60_000;
/** No linger, and unlimited time for requests under way. */
const PATIENT = { lingerMs: 0, graceMs: LONG_MS };

async function listen(
  listener: RequestListener,
): Promise<{ server: Server; port: number; drain: HttpDrain }> {
  const server = createServer(listener);
  const drain = new HttpDrain(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, drain };
}

async function connected(server: Server, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await Promise.all([once(socket, 'connect'), once(server, 'connection')]);
  return socket;
}

async function responseOf(options: RequestOptions): Promise<IncomingMessage> {
  const [response] = (await once(get({ host: '127.0.0.1', ...options }), 'response')) as [IncomingMessage];
  return response;
}

describe('HttpDrain', () => {
  it.each(['', 'GET / HTTP/1.1\r\nHo'])(
    'ends at once when nothing is under way, though there is a connection that said only %j',
    async (words) => {
      const { server, port, drain } = await listen((_request, response) => response.end());
      const socket = await connected(server, port);
      socket.on('error', () => undefined).write(words);
      const cut = once(socket, 'close');
      await drain.stop(PATIENT);
      await cut;
    },
  );

  it('lets a request be answered, says that the connection ends, and takes no new one', async () => {
    let answer = () => {};
    const { server, port, drain } = await listen((_request, response) => {
      answer = () => response.end('done');
    });
    const agent = new Agent({ keepAlive: true });
    const answered = responseOf({ port, agent });
    await once(server, 'request');
    const stopped = drain.stop(PATIENT);
    await eventually(() => !server.listening);
    const refused = connect(port, '127.0.0.1');
    expect(((await once(refused, 'error')) as [NodeJS.ErrnoException])[0].code).toBe('ECONNREFUSED');
    answer();
    const response = await answered;
    expect(response.headers.connection).toBe('close');
    expect(await text(response)).toBe('done');
    await stopped;
  });

  it('serves a request that comes on an idle connection in the linger, and leaves when all are closed', async () => {
    const { server, port, drain } = await listen((_request, response) => response.end('done'));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await responseOf({ port, agent });
    expect(first.headers.connection).toBe('keep-alive');
    await text(first);
    const stopped = drain.stop({ lingerMs: LONG_MS, graceMs: LONG_MS });
    await eventually(() => !server.listening);
    const second = await responseOf({ port, agent });
    expect(second.headers.connection).toBe('close');
    expect(await text(second)).toBe('done');
    await stopped;
  });

  it('lets an answer go on that had begun', async () => {
    const responses: ServerResponse[] = [];
    const { server, port, drain } = await listen((_request, response) => {
      response.write('one, ');
      responses.push(response);
    });
    const answered = responseOf({ port, agent: new Agent({ keepAlive: true }) });
    await once(server, 'request');
    const response = await answered;
    const stopped = drain.stop(PATIENT);
    await eventually(() => !server.listening);
    responses[0]?.end('two');
    expect(await text(response)).toBe('one, two');
    await stopped;
  });

  it('cuts what is not answered within the grace', async () => {
    const { server, port, drain } = await listen(() => undefined);
    const failed = responseOf({ port });
    const cut = expect(failed).rejects.toMatchObject({ code: 'ECONNRESET' });
    await once(server, 'request');
    await drain.stop({ lingerMs: 0, graceMs: 10 });
    await cut;
  });

  it('cuts who does not send the rest of a body within the grace, however long the linger', async () => {
    const { server, port, drain } = await listen((request, response) => {
      request.resume().on('end', () => response.end());
    });
    const socket = await connected(server, port);
    const cut = once(socket, 'close');
    socket.on('error', () => undefined).write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf');
    await once(server, 'request');
    await drain.stop({ lingerMs: LONG_MS, graceMs: 10 });
    await cut;
  });
});
