import { request } from 'node:http';
import { api, type ApiBody, type ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { lapseLeases } from '../../support/rows/execution-rows.js';
import { startLedger } from '../../support/servers/processes.js';
import { clientWith, otherProject } from '../other-project.js';
import { ENTRY } from '../recording/record-entries.js';
import { rawRequest, type RawResponse } from '../raw-request.js';
import {
  ADMIN_KEY,
  ECHO,
  expectProblem,
  getExecution,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
  untilFinal,
} from '../stage.js';

const RUN = '/v1/executions:run';
const SUBMIT = '/v1/executions:submit';
const BATCH = '/v1/executions:submit-batch';

let stage: Stage;
let foreign: ApiClient;
let nextKey = 0;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  await stage.admin.post('/v1/prompts/register-code', {
    prompts: [{ name: 'greeting-of-code', template_source: 'Hello {{name}}' }],
  });
  foreign = await otherProject(stage);
  await putPrompt(foreign, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: OPENAI };
const newKey = () => `key ${(nextKey += 1)}`;
const withKey = (key: string) => ({ 'idempotency-key': key });

/** Sends the body byte for byte. */
function send(path: string, key: string, text: string, url = stage.ledger.url): Promise<RawResponse> {
  const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', 'idempotency-key': key };
  return rawRequest(url, { method: 'POST', path, headers, body: Buffer.from(text) });
}

/** Returns the parts that a repeated request must repeat. */
function kept({ status, text, headers }: RawResponse): ApiBody {
  const names = ['content-type', 'location', 'retry-after', 'cache-control'];
  return { status, text, ...Object.fromEntries(names.map((name) => [name, headers.get(name)])) };
}

async function count(table: string): Promise<number> {
  const [row] = await stage.sql<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(row?.count);
}

describe('a request that is sent again with its key', () => {
  const batch = { prompt_name: 'greeting', model: OPENAI, entries: [{ variables: { name: 'Ada' } }] };
  const cases: [string, string, ApiBody, () => void, number][] = [
    [':run', RUN, body, () => undefined, 200],
    [
      ':run that the provider refuses',
      RUN,
      body,
      () => stage.openai.behave({ kind: 'error', status: 400 }),
      502,
    ],
    [
      ':run that the provider fails',
      RUN,
      body,
      () => stage.openai.behave({ kind: 'error', status: 429, headers: { 'retry-after': '3600' } }),
      502,
    ],
    [
      ':run that takes too long',
      RUN,
      { ...body, timeout_ms: 200 },
      () => stage.openai.behave({ kind: 'hang', at: 'start' }),
      504,
    ],
    [':submit', SUBMIT, body, () => undefined, 202],
    [':submit-batch', BATCH, batch, () => undefined, 202],
  ];

  it.each(cases)(
    'gets the first answer of %s, byte for byte',
    async (_what, path, request, prepare, status) => {
      prepare();
      const key = newKey();
      const before = await count('executions_all');
      const text = JSON.stringify(request);
      const first = await send(path, key, text);
      expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([status, null]);
      stage.openai.behave({ kind: 'answer', text: 'another answer' });
      // The same request in another notation.
      for (const again of [text, JSON.stringify(request, null, 2)]) {
        const replayed = await send(path, key, again);
        expect(kept(replayed)).toEqual(kept(first));
        expect(replayed.headers.get('idempotency-replayed')).toBe('true');
      }
      expect(await count('executions_all')).toBe(before + 1);
    },
  );

  describe('however its path is spelt', () => {
    const record = { executions: [{ ...ENTRY, variables: { name: 'Ada' } }] };
    const completion = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] };
    /** Each spelling of a path. Those that match no route do nothing. */
    const spellings = (path: string): string[] => [
      `${path}/`,
      `${path}?x=1`,
      `${path}/?`,
      `${path}#part`,
      path.toUpperCase().replaceAll('%2F', '%2f'),
      path.replace('/v1', '/V1'),
      path.replace(':', '%3A'),
      path.replace(':', '%3a'),
      path.replace('executions', '%65xecutions'),
      path.replace('greeting', '%67reeting'),
      `/${path}`,
      path.replace('/v1/', '/v1//'),
      path.replace('/v1/', '/v1/./'),
      `/x/..${path}`,
      `http://other-host${path}`,
      `${stage.ledger.url}${path}/?y`,
    ];

    it.each([
      [RUN, body],
      [SUBMIT, body],
      [BATCH, batch],
      ['/v1/executions:stream', body],
      ['/v1/executions:record', record],
      ['/v1/prompts/greeting-of-code/execute', { variables: { name: 'Ada' }, model: OPENAI }],
      ['/openai/v1/chat/completions', completion],
    ])('%s is done once', async (path, request) => {
      const key = newKey();
      const text = JSON.stringify(request);
      const first = await post(path, key, text);
      expect(first.status).toBeLessThan(300);
      const made = await count('executions_all');
      const told: number[] = [];
      for (const spelling of spellings(path)) {
        const again = await post(spelling, key, text);
        if (again.status === first.status) {
          expect([spelling, again.replayed]).toEqual([spelling, 'true']);
          told.push(again.status);
        } else {
          expect([400, 404, 405]).toContain(again.status);
        }
      }
      expect(told.length).toBeGreaterThanOrEqual(5);
      expect(await count('executions_all')).toBe(made);
    });

    it('is refused when the key comes twice', async () => {
      const key = newKey();
      const text = JSON.stringify(body);
      await post(RUN, key, text);
      const made = await count('executions_all');
      for (const path of [RUN, `${RUN}?`]) {
        expect((await post(path, [key, key], text)).status).toBe(400);
      }
      expect(await count('executions_all')).toBe(made);
    });

    /** Bypasses clients, which would normalize the path. */
    function post(path: string, key: string | string[], text: string) {
      const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', 'idempotency-key': key };
      const { hostname, port } = new URL(stage.ledger.url);
      return new Promise<{ status: number; replayed: unknown }>((resolve, reject) => {
        const outgoing = request({ hostname, port, method: 'POST', path, headers }, (incoming) => {
          incoming.resume();
          incoming.once('end', () => {
            const replayed = incoming.headers['idempotency-replayed'];
            resolve({ status: incoming.statusCode ?? 0, replayed });
          });
        });
        outgoing.once('error', reject);
        outgoing.end(text);
      });
    }
  });

  it('gets it from another process too, and after a restart', async () => {
    const key = newKey();
    const text = JSON.stringify({ ...body, model: ECHO });
    const leaving = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    const first = await send(RUN, key, text, leaving.url);
    await leaving.kill();
    expect(kept(await send(RUN, key, text))).toEqual(kept(first));
    const next = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    expect(kept(await send(RUN, key, text, next.url))).toEqual(kept(first));
    await next.stop();
  });

  it('gets it though its prompt is gone', async () => {
    await putPrompt(stage.admin, 'short-lived', 'Hello');
    const text = JSON.stringify({ prompt_name: 'short-lived', model: ECHO });
    const key = newKey();
    const first = await send(RUN, key, text);
    expect(first.status).toBe(200);
    await stage.admin.delete('/v1/prompts/short-lived');
    expect(kept(await send(RUN, key, text))).toEqual(kept(first));
  });

  it('is refused when one byte of it is another', async () => {
    const key = newKey();
    await send(RUN, key, JSON.stringify(body));
    for (const text of [
      JSON.stringify(body).replace('Ada', 'Adb'),
      JSON.stringify({ ...body, correlation_id: 'x' }),
      JSON.stringify({ ...body, timeout_ms: null }),
    ]) {
      expectProblem(await send(RUN, key, text), 422, 'IDEMPOTENCY_KEY_REUSED');
    }
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('is told of the first one while that is running', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 1500 });
    const key = newKey();
    const text = JSON.stringify(body);
    const first = send(RUN, key, text);
    await eventually(() => stage.openai.requests.length === 1);
    const second = await send(RUN, key, text);
    expectProblem(second, 409, 'IDEMPOTENCY_IN_FLIGHT');
    expect(second.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(second.body['execution_id']).toBe((await first).body['execution_id']);
    expectProblem(await send(RUN, key, text.replace('Ada', 'Bob')), 422, 'IDEMPOTENCY_KEY_REUSED');
    expect(kept(await send(RUN, key, text))).toEqual(kept(await first));
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('is one execution, however many come at once', async () => {
    for (const path of [RUN, SUBMIT]) {
      const key = newKey();
      const before = await count('executions_all');
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => send(path, key, JSON.stringify(body))),
      );
      expect(answers.every(({ status }) => [200, 202, 409].includes(status))).toBe(true);
      expect(await count('executions_all')).toBe(before + 1);
      const ids = answers.map((answer) => answer.body['execution_id']);
      expect(new Set(ids).size).toBe(1);
      await untilFinal(stage.admin, String(ids[0]));
    }
    expect(stage.openai.requests).toHaveLength(2);
  });

  it('of a run whose process was lost is told how that ended, the same to all', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const doomed = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    const key = newKey();
    const text = JSON.stringify({ ...body, timeout_ms: 300_000 });
    const lost = expect(send(RUN, key, text, doomed.url)).rejects.toThrow();
    await eventually(() => stage.openai.requests.length === 1);
    await doomed.kill();
    await lost;
    const running = await send(RUN, key, text);
    expectProblem(running, 409, 'IDEMPOTENCY_IN_FLIGHT');
    await lapseLeases(stage.owner, String(running.body['execution_id']));
    await untilFinal(stage.admin, String(running.body['execution_id']));
    const [first, second] = await Promise.all([send(RUN, key, text), send(RUN, key, text)]);
    expectProblem(first, 502, 'PROVIDER_FAILED');
    expect(first.body).toMatchObject({ execution_id: running.body['execution_id'], attempts: 1 });
    expect(kept(second)).toEqual(kept(first));
    expect(stage.openai.requests).toHaveLength(1);
  });
});

describe('a key', () => {
  it('is another one on another path', async () => {
    const key = newKey();
    const run = await stage.admin.post(RUN, body, withKey(key));
    const submitted = await stage.admin.post(SUBMIT, body, withKey(key));
    expect([run.status, submitted.status]).toEqual([200, 202]);
    expect(submitted.headers.get('idempotency-replayed')).toBeNull();
    expect(submitted.body['execution_id']).not.toBe(run.body['execution_id']);
  });

  it('is another one in another project', async () => {
    const key = newKey();
    const mine = await stage.admin.post(RUN, body, withKey(key));
    const theirs = await foreign.post(RUN, { ...body, variables: { name: 'Eve' } }, withKey(key));
    expect(theirs).toMatchObject({ status: 200, body: { response_text: 'You said: Hello Eve' } });
    expect(theirs.body['execution_id']).not.toBe(mine.body['execution_id']);
  });

  it.each(['k', '"quoted"', 'a b', '~'.repeat(255)])('may be %j', async (key) => {
    expect((await send(RUN, key, JSON.stringify({ ...body, model: ECHO }))).status).toBe(200);
  });

  it.each(['', '~'.repeat(256), 'caf\u00e9', 'a\tb'])('may not be %j', async (key) => {
    for (const path of [RUN, SUBMIT]) {
      expectProblem(await send(path, key, JSON.stringify(body)), 400, 'VALIDATION_FAILED');
    }
  });

  it('is not used up by what is refused before anything is written', async () => {
    const key = newKey();
    const early = JSON.stringify({ prompt_name: 'not-yet', variables: {}, model: ECHO });
    expectProblem(await send(RUN, key, early), 404, 'PROMPT_NOT_FOUND');
    await putPrompt(stage.admin, 'not-yet', 'Hello {{name}}');
    expectProblem(await send(RUN, key, early), 422, 'TEMPLATE_VARIABLES_MISSING');
    const whole = early.replace('{}', '{"name": "Ada"}');
    const first = await send(RUN, key, whole);
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null]);
    expect(kept(await send(RUN, key, whole))).toEqual(kept(first));
  });

  it('opens nothing to a caller without the scope', async () => {
    const reader = await clientWith(stage, ['executions:read']);
    const key = newKey();
    expect((await stage.admin.post(RUN, body, withKey(key))).status).toBe(200);
    expectProblem(await reader.post(RUN, body, withKey(key)), 403, 'FORBIDDEN');
    const runner = await clientWith(stage, ['executions:run']);
    const replayed = await runner.post(RUN, body, withKey(key));
    expect([replayed.status, replayed.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  });

  it('is on record with the execution, which any process finishes', async () => {
    const key = newKey();
    const submitted = await api(stage.ledger.url, ADMIN_KEY).post(SUBMIT, body, withKey(key));
    const id = String(submitted.body['execution_id']);
    expect((await untilFinal(stage.admin, id)).status).toBe('succeeded');
    const replayed = await stage.admin.post(SUBMIT, body, withKey(key));
    // It is the first answer, not the current state.
    expect(replayed.body).toEqual({ execution_id: id, status: 'queued', mode: 'async' });
    expect((await getExecution(stage.admin, id)).attempts).toHaveLength(1);
  });
});
