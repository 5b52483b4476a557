import type { ReceivedRequest } from '../../fakes/vendors/openai-server.js';
import type { ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { startOwnRedis, type OwnServer } from '../../support/servers/own-server.js';
import { startWorker, type ServiceProcess } from '../../support/servers/processes.js';
import { getExecution, putPrompt, startStage, submit, untilFinal, type Stage } from '../stage.js';

const SUBMITS = 1000;
/** The connections of a client with a pool, whose requests do not arrive in the order of sending. */
const IN_FLIGHT = 20;

/** A thousand executions, and a lease that has to lapse, take a while on a busy machine. */
jest.setTimeout(180_000);

describe.each(['Postgres', 'Redis'])('workers of their own, with the bell of %s', (bell) => {
  let redis: OwnServer | null = null;
  let settings: Record<string, string> = {};
  let stage: Stage;

  beforeAll(async () => {
    if (bell === 'Redis') redis = await startOwnRedis();
    settings = redis === null ? {} : { REDIS_URL: redis.url };
    stage = await startStage({ ...settings, WORKER: 'off' });
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  });
  afterAll(async () => {
    await stage.close();
    await redis?.stop();
  });
  beforeEach(() => stage.openai.reset());

  const worker = (concurrency: number): Promise<ServiceProcess> =>
    startWorker({ env: { ...stage.env, ...settings, CONCURRENCY: String(concurrency) } });

  async function submitMany(count: number, more: ApiBody = {}): Promise<string[]> {
    const ids: string[] = [];
    let next = 0;
    const client = async () => {
      while (next < count) {
        const body = { prompt_name: 'greeting', variables: { name: `number ${(next += 1)}` }, ...more };
        ids.push(await submit(stage.admin, body));
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, client));
    return ids;
  }

  async function statuses(ids: readonly string[]): Promise<Record<string, number>> {
    const rows = await stage.sql<{ status: string; count: string }>(
      'SELECT status, count(*) FROM executions_all WHERE execution_id = ANY($1::uuid[]) GROUP BY status',
      [ids],
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
  }

  async function untilSucceeded(ids: readonly string[]): Promise<void> {
    await eventually(async () => {
      const counts = await statuses(ids);
      return (counts['queued'] ?? 0) + (counts['running'] ?? 0) === 0;
    });
    expect(await statuses(ids)).toEqual({ succeeded: ids.length });
  }

  it('share a thousand submits, each called exactly once and on record', async () => {
    // Long enough for the calls to overlap as far as the limits permit.
    stage.openai.behave({ kind: 'answer', delayMs: 20 });
    const [first, second] = await Promise.all([worker(6), worker(6)]);
    const ids = await submitMany(SUBMITS);
    expect(new Set(ids).size).toBe(SUBMITS);
    await untilSucceeded(ids);

    const { requests } = stage.openai;
    expect(requests).toHaveLength(SUBMITS);
    expect(new Set(requests.map(({ attemptId }) => attemptId)).size).toBe(SUBMITS);
    const asked = new Set(requests.map((request) => JSON.stringify(request.body?.['messages'])));
    expect(asked.size).toBe(SUBMITS);
    const attempts = await stage.sql<{ status: string; provider_request_id: string }>(
      'SELECT status, provider_request_id FROM execution_attempts_all WHERE execution_id = ANY($1::uuid[])',
      [ids],
    );
    expect(attempts.every(({ status }) => status === 'succeeded')).toBe(true);
    expect(attempts.map((attempt) => attempt.provider_request_id).sort()).toEqual(
      requests.map(({ requestId }) => requestId).sort(),
    );
    // No more than both may make together, and more than one of them could.
    expect(mostAtOnce(requests)).toBeLessThanOrEqual(12);
    expect(mostAtOnce(requests)).toBeGreaterThan(6);
    expect(await Promise.all([first.stop(), second.stop()])).toMatchObject([{ code: 0 }, { code: 0 }]);
  });

  it('have no more than CONCURRENCY calls open at once', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 50 });
    const ids = await submitMany(24);
    const only = await worker(3);
    await untilSucceeded(ids);
    expect(mostAtOnce(stage.openai.requests)).toBe(3);
    await only.stop();
  });

  it('find what was submitted while none of them was there', async () => {
    const ids = await submitMany(5);
    expect(await statuses(ids)).toEqual({ queued: 5 });
    expect(stage.openai.requests).toHaveLength(0);
    const late = await worker(2);
    await untilSucceeded(ids);
    await late.stop();
  });

  it('finish the call they are at when told to stop, and leave the rest to others', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 1000 });
    const leaving = await worker(1);
    const ids = await submitMany(3);
    await eventually(() => stage.openai.requests.length === 1);
    expect(await leaving.stop()).toEqual({ code: 0, signal: null });
    expect(await statuses(ids)).toEqual({ succeeded: 1, queued: 2 });
    expect(stage.openai.requests.map(({ outcome }) => outcome)).toEqual(['answered']);
    const staying = await worker(2);
    await untilSucceeded(ids);
    expect(stage.openai.requests).toHaveLength(3);
    await staying.stop();
  });

  if (bell === 'Redis') {
    it('do the work without the bell, and with it again', async () => {
      const only = await worker(4);
      await untilSucceeded(await submitMany(3));
      await redis?.kill();
      await eventually(async () => (await stage.admin.get('/health')).body['status'] === 'degraded');
      expect(await stage.admin.get('/health')).toMatchObject({
        status: 200,
        body: { checks: { database: 'up', queue: 'down' } },
      });
      await untilSucceeded(await submitMany(20));
      await redis?.restart();
      await eventually(async () => (await stage.admin.get('/health')).body['status'] === 'ok');
      await untilSucceeded(await submitMany(20));
      expect(stage.openai.requests).toHaveLength(43);
      expect(await only.stop()).toEqual({ code: 0, signal: null });
    });

    it('take over from one that was killed in a call, when its lease is over', async () => {
      stage.openai.behave(({ number }) =>
        number === 1 ? { kind: 'hang', at: 'start' } : { kind: 'answer' },
      );
      const doomed = await worker(1);
      const id = await submit(stage.admin, {
        prompt_name: 'greeting',
        variables: { name: 'Ada' },
        timeout_ms: 500,
      });
      await eventually(() => stage.openai.requests.length === 1);
      await doomed.kill();
      const heir = await worker(1);
      expect(await getExecution(stage.admin, id)).toMatchObject({
        status: 'running',
        attempts: [{ attempt: 1, status: 'dispatched' }],
      });
      expect(await untilFinal(stage.admin, id)).toMatchObject({
        status: 'succeeded',
        attempts: [
          { attempt: 1, status: 'outcome_unknown' },
          { attempt: 2, status: 'succeeded' },
        ],
      });
      expect(stage.openai.requests).toHaveLength(2);
      await heir.stop();
    });
  }
});

/** Returns the most calls that the provider had open at once. */
function mostAtOnce(requests: readonly ReceivedRequest[]): number {
  const changes = requests
    .flatMap(({ receivedAtMs, endedAtMs }): [number, number][] => [
      [receivedAtMs, 1],
      [endedAtMs ?? Infinity, -1],
    ])
    // Within one millisecond, a call that ends makes room for one that begins.
    .sort(([a, up], [b, down]) => a - b || up - down);
  let open = 0;
  return changes.reduce((most, [, change]) => Math.max(most, (open += change)), 0);
}
