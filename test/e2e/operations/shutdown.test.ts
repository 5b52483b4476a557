import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { api } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { freePort, startLedger } from '../../support/servers/processes.js';
import {
  ADMIN_KEY,
  ECHO,
  getExecution,
  promptPath,
  putPrompt,
  startStage,
  submit,
  untilFinal,
  type Stage,
} from '../stage.js';

let stage: Stage;

/** The stage's own ledger only watches; the tests stop a second one. */
beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' } };
const untilCalled = (times: number) => eventually(() => stage.openai.requests.length === times);

describe('an API process that is told to stop', () => {
  it('answers the runs it is at, and ends with 0', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 1500 });
    const leaving = await startLedger({ env: stage.env });
    const runs = [1, 2, 3].map(() => api(leaving.url, ADMIN_KEY).post('/v1/executions:run', body));
    await untilCalled(3);
    const exit = leaving.stop();
    for (const run of await Promise.all(runs)) {
      expect(run).toMatchObject({
        status: 200,
        body: { status: 'succeeded', response_text: 'You said: Hello Ada' },
      });
    }
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('finishes what it has claimed, and leaves what it has not', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 1000 });
    const leaving = await startLedger({ env: { ...stage.env, CONCURRENCY: '2' } });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await submit(stage.admin, body));
    await untilCalled(2);
    expect(await leaving.stop()).toEqual({ code: 0, signal: null });
    const executions = await Promise.all(ids.map((id) => getExecution(stage.admin, id)));
    expect(executions.map(({ status }) => status).sort()).toEqual([
      'queued',
      'queued',
      'queued',
      'succeeded',
      'succeeded',
    ]);
    const next = await startLedger({ env: stage.env });
    await Promise.all(ids.map((id) => untilFinal(stage.admin, id)));
    expect(stage.openai.requests).toHaveLength(5);
    await next.stop();
  });

  it('gives a call SHUTDOWN_GRACE_MS and no more', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const leaving = await startLedger({ env: { ...stage.env, SHUTDOWN_GRACE_MS: '500' } });
    const id = await submit(stage.admin, body);
    await untilCalled(1);
    const { signal } = await leaving.stop();
    expect(signal).toBeNull();
    // The call was sent, so its outcome is unknown.
    const { attempts } = await getExecution(stage.admin, id);
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.['status']).not.toBe('succeeded');
  });

  it('ends with 0 within the grace, whatever connections are held open', async () => {
    const leaving = await startLedger({
      env: { ...stage.env, SHUTDOWN_GRACE_MS: '600', SHUTDOWN_LINGER_MS: '60000' },
    });
    const sockets = [
      '',
      'POST /v1/executions:run HTTP/1.1\r\nHo',
      `POST /v1/executions:run HTTP/1.1\r\nHost: x\r\nX-API-Key: ${ADMIN_KEY}\r\nContent-Length: 99\r\n\r\n{`,
    ].map((words) => openConnection(leaving.url, words));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const cuts = sockets.map((socket) => once(socket, 'close'));
    expect(await leaving.stop()).toEqual({ code: 0, signal: null });
    await Promise.all(cuts);
  });

  it('ends at once at a second signal', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const leaving = await startLedger({ env: stage.env });
    const answer = api(leaving.url, ADMIN_KEY).post('/v1/executions:run', body);
    const failure = expect(answer).rejects.toThrow();
    await untilCalled(1);
    const first = leaving.stop();
    let isGone = false;
    void leaving.exit.then(() => (isGone = true));
    // A second signal would be lost if the process had not handled the first one yet.
    await eventually(() => {
      if (!isGone) process.kill(leaving.pid, 'SIGTERM');
      return isGone;
    });
    expect((await first).code).not.toBe(0);
    await failure;
  });
});

describe('a restart on the same port', () => {
  const RESTARTS = 3;

  it.each(['1', '2'])(
    'of %s API processes costs reads and runs nothing but refused connections, on connections that are kept',
    async (processes) => {
      const port = String(await freePort());
      const env = { ...stage.env, WORKER: 'off', WEB_CONCURRENCY: processes, PORT: port };
      const url = `http://127.0.0.1:${env.PORT}`;
      const hammers = [
        new Hammer(new URL(promptPath('greeting'), url), 'GET', undefined),
        new Hammer(new URL('/v1/executions:run', url), 'POST', { ...body, model: ECHO }),
      ];
      for (let restart = 0; restart < RESTARTS; restart += 1) {
        const leaving = await startLedger({ env });
        const before = hammers.map(({ answered }) => answered);
        // Every client is sending, on a connection that was used before.
        await eventually(() => hammers.every(({ answered }, index) => answered > (before[index] ?? 0) + 100));
        expect(await leaving.stop()).toEqual({ code: 0, signal: null });
      }
      for (const hammer of hammers) {
        await hammer.stop();
        expect(hammer.failures).toEqual([]);
        expect(hammer.refused).toBeGreaterThan(0);
      }
    },
    2 * 60_000,
  );
});

/** Clients that send without a pause on keep-alive connections, and repeat a request only after a refused connection. */
class Hammer {
  answered = 0;
  refused = 0;
  readonly failures: string[] = [];
  private stopped = false;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly clients = Promise.all(Array.from({ length: 4 }, () => this.ask()));

  constructor(
    private readonly url: URL,
    private readonly method: string,
    private readonly json: object | undefined,
  ) {}

  async stop(): Promise<void> {
    this.stopped = true;
    await this.clients;
    this.agent.destroy();
  }

  private async ask(): Promise<void> {
    while (!this.stopped) {
      try {
        const status = await this.request();
        if (status === 200) this.answered += 1;
        else this.failures.push(`status ${status}`);
      } catch (error) {
        const { code = String(error) } = error as NodeJS.ErrnoException;
        if (code === 'ECONNREFUSED') this.refused += 1;
        else this.failures.push(code);
        await sleep(20);
      }
    }
  }

  private async request(): Promise<number | undefined> {
    const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };
    const asked = request(this.url, { method: this.method, agent: this.agent, headers });
    asked.end(this.json === undefined ? undefined : JSON.stringify(this.json));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await text(response);
    return response.statusCode;
  }
}

function openConnection(url: string, words: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined).write(words);
  return socket;
}

it('an execution runs though its prompt was deleted meanwhile', async () => {
  await putPrompt(stage.admin, 'short-lived', 'Hello {{name}}');
  const id = await submit(stage.admin, { ...body, prompt_name: 'short-lived' });
  expect((await stage.admin.delete('/v1/prompts/short-lived')).status).toBe(204);
  const consumer = await startLedger({ env: stage.env });
  expect(await untilFinal(stage.admin, id)).toMatchObject({
    status: 'succeeded',
    prompt_name: 'short-lived',
    response_text: 'You said: Hello Ada',
  });
  await consumer.stop();
});
