import { api, type ApiBody, type ApiClient, type ApiResponse } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { startOwnRedis, type OwnServer } from '../../support/servers/own-server.js';
import { startLedger, startWorker } from '../../support/servers/processes.js';
import { testRedisUrl } from '../../support/servers/redis.js';
import {
  ANY_ID,
  ECHO,
  expectProblem,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
  submit,
  UNKNOWN_ID,
  untilFinal,
} from '../stage.js';

const RUN = '/v1/executions:run';
const SUBMIT = '/v1/executions:submit';
const SUBMIT_BATCH = '/v1/executions:submit-batch';
/** A query moves a request from the fast path to Express. */
const WAYS: [string, string][] = [
  ['the fast path', ''],
  ['the ordinary way', '?&'],
];

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: ECHO };
const batchOf = (size: number) => ({
  prompt_name: 'greeting',
  model: ECHO,
  entries: Array.from({ length: size }, () => ({ variables: { name: 'Ada' } })),
});

interface LimitedKey extends ApiClient {
  readonly keyId: string;
  readonly secret: string;
}

async function keyWith(stage: Stage, rateLimits: ApiBody): Promise<LimitedKey> {
  const scopes = ['executions:run', 'executions:read'];
  const made = await stage.admin.post('/v1/keys', { name: 'a key', scopes, rate_limits: rateLimits });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const { key, key_id: keyId } = made.body as { key: string; key_id: string };
  return { ...api(stage.ledger.url, key), keyId, secret: key };
}

/** Returns the limit, the remainder and the policy, but not the reset, which is a time. */
function shownOf({ headers }: ApiResponse<unknown>): (string | null)[] {
  return ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-policy'].map((name) => headers.get(name));
}

function expectLimited(answer: ApiResponse<ApiBody>, detail: string): void {
  expectProblem(answer, 429, 'RATE_LIMITED');
  expect(answer.body['detail']).toContain(detail);
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(answer.headers.get('ratelimit-reset')).toBe(String(seconds));
}

async function countExecutions(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ count: string }>('SELECT count(*) FROM executions_all');
  return Number(row?.count);
}

describe.each([
  ['in memory', {}],
  ['in Redis', { REDIS_URL: 'of the run' }],
])('limits of a key, counted %s', (_where, settings) => {
  let stage: Stage;

  beforeAll(async () => {
    const redis = 'REDIS_URL' in settings ? { REDIS_URL: testRedisUrl() } : {};
    stage = await startStage(redis);
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.openai.reset());

  it.each(WAYS)('let so many requests in, and no more, on %s', async (_way, query) => {
    const key = await keyWith(stage, { requests_per_minute: 3 });
    const shown: unknown[] = [];
    for (const path of [RUN, SUBMIT, RUN]) shown.push(shownOf(await key.post(path + query, body)));
    expect(shown).toEqual(['2', '1', '0'].map((left) => ['3', left, '3;w=60']));
    const before = await countExecutions(stage);
    for (const [path, sent] of [[RUN, body] as const, [SUBMIT, body] as const]) {
      const refused = await key.post(path + query, sent);
      expectLimited(refused, 'The key has used its 3 requests of this minute');
      expect(shownOf(refused)).toEqual(['3', '0', '3;w=60']);
    }
    expectLimited(await key.post(SUBMIT_BATCH, batchOf(1)), 'The key has used its 3 requests');
    expect(await countExecutions(stage)).toBe(before);
    // Reads do not count as requests, and other keys have their own limits.
    expect((await key.get('/v1/executions')).status).toBe(200);
    expect((await stage.admin.post(RUN + query, body)).status).toBe(200);
  });

  it('let in exactly so many of those that come at once', async () => {
    const key = await keyWith(stage, { requests_per_minute: 25 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => key.post(SUBMIT, body)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(25);
    expect(statuses.filter((status) => status === 429)).toHaveLength(75);
  });

  it('count each entry of a batch, all or none of them', async () => {
    const key = await keyWith(stage, { requests_per_minute: 10 });
    const taken = await key.post(SUBMIT_BATCH, batchOf(6));
    expect([taken.status, ...shownOf(taken)]).toEqual([202, '10', '4', '10;w=60']);
    const refused = await key.post(SUBMIT_BATCH, batchOf(5));
    expectLimited(refused, '4 more of its 10 executions in this minute and these are 5');
    expect(shownOf(refused)).toEqual(['10', '4', '10;w=60']);
    expectLimited(await key.post(SUBMIT_BATCH, batchOf(11)), 'send fewer at once');
    expect((await key.post(SUBMIT_BATCH, batchOf(4))).status).toBe(202);
  });

  it.each(WAYS)(
    'are told of on problems too, which count when they came as far, on %s',
    async (_way, query) => {
      const key = await keyWith(stage, { requests_per_minute: 10 });
      const refused = [
        await key.post(RUN + query, 'no JSON', { 'content-type': 'application/json' }),
        await key.post(RUN + query, { ...body, unknown: 1 }),
        await key.post(SUBMIT + query, { ...body, prompt_name: '!' }),
        await key.post(RUN + query, body, { 'idempotency-key': ' ' }),
      ];
      for (const answer of refused) {
        expect([answer.status, ...shownOf(answer)]).toEqual([400, '10', '10', '10;w=60']);
      }
      const absent = await key.post(RUN + query, { ...body, prompt_name: 'absent' });
      expect([absent.status, ...shownOf(absent)]).toEqual([404, '10', '9', '10;w=60']);
      stage.openai.behave({ kind: 'error', status: 400 });
      const rejected = await key.post(RUN + query, { ...body, model: OPENAI });
      expect([rejected.status, ...shownOf(rejected)]).toEqual([502, '10', '8', '10;w=60']);
      const stranger = await api(stage.ledger.url, 'wrong').post(RUN + query, body);
      expect([stranger.status, ...shownOf(stranger)]).toEqual([401, null, null, null]);
    },
  );

  it.each(WAYS)(
    'are not used by a repeated request, whose answer has headers of now, on %s',
    async (_way, query) => {
      const key = await keyWith(stage, { requests_per_minute: 2 });
      const once = { 'idempotency-key': `once ${query}` };
      const first = await key.post(RUN + query, body, once);
      expect(shownOf(first)).toEqual(['2', '1', '2;w=60']);
      expect((await key.post(RUN + query, body)).status).toBe(200);
      expectLimited(await key.post(RUN + query, body), 'used its 2 requests');
      for (let count = 0; count < 3; count += 1) {
        const again = await key.post(RUN + query, body, once);
        expect([again.status, again.body, ...shownOf(again)]).toEqual([200, first.body, '2', '0', '2;w=60']);
        expect(again.headers.get('idempotency-replayed')).toBe('true');
      }
      const reused = await key.post(RUN + query, { ...body, variables: { name: 'Bob' } }, once);
      expectProblem(reused, 422, 'IDEMPOTENCY_KEY_REUSED');
      // Refused requests are not stored, so the idempotency key may be used again when there is room.
      const rows = await stage.sql(
        `SELECT key FROM idempotency_keys WHERE headers::text ILIKE '%ratelimit%'`,
      );
      expect(rows).toEqual([]);
    },
  );

  it('let in while tokens are left, of runs and of queued work', async () => {
    stage.openai.behave({ kind: 'answer', text: 'one two three' });
    const key = await keyWith(stage, { tokens_per_minute: 100_000 });
    const run = await key.post(RUN, { ...body, model: OPENAI });
    const { prompt_tokens, response_tokens } = run.body['telemetry'] as Record<string, number>;
    const used = (prompt_tokens ?? 0) + (response_tokens ?? 0);
    expect(used).toBeGreaterThan(0);
    expect(shownOf(run)).toEqual(['100000', String(100_000 - used), '100000;w=60']);
    await untilFinal(key, await submit(key, { ...body, model: OPENAI }));
    await eventually(async () => {
      const look = await key.post(RUN, { nothing: true });
      return look.headers.get('ratelimit-remaining') === String(100_000 - 2 * used);
    });
    await stage.admin.patch(`/v1/keys/${key.keyId}`, { rate_limits: { tokens_per_minute: 2 * used } });
    const calls = stage.openai.requests.length;
    for (const path of [RUN, SUBMIT]) {
      const refused = await key.post(path, { ...body, model: OPENAI });
      expectLimited(refused, `The key has used its ${2 * used} tokens of this minute`);
    }
    expect(stage.openai.requests).toHaveLength(calls);
  });

  it('count the tokens of each attempt, of runs and of queued work', async () => {
    const usage = '"usage":{"prompt_tokens":40,"completion_tokens":2,"total_tokens":42}';
    const message = '"message":{"role":"assistant","content":"half an"}';
    // The vendor bills this, although it is not an answer.
    const unfinished = `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,${message},"finish_reason":"error"}],${usage}}`;
    stage.openai.behave({
      kind: 'raw',
      headers: { 'content-type': 'application/json' },
      body: unfinished,
    });
    const key = await keyWith(stage, { tokens_per_minute: 1000 });
    const asked = { ...body, model: OPENAI, max_attempts: 2 };
    const run = await key.post(RUN, asked);
    expectProblem(run, 502, 'PROVIDER_FAILED');
    expect([run.body['attempts'], ...shownOf(run)]).toEqual([2, '1000', '916', '1000;w=60']);
    await untilFinal(key, await submit(key, asked));
    await eventually(async () => {
      const look = await key.post(RUN, { nothing: true });
      return look.headers.get('ratelimit-remaining') === '832';
    });
  });

  it('count no tokens that the provider does not tell of', async () => {
    stage.openai.behave({ kind: 'answer', usage: false });
    const key = await keyWith(stage, { tokens_per_minute: 10 });
    const run = await key.post(RUN, { ...body, model: OPENAI });
    expect(run.body['telemetry']).toMatchObject({ prompt_tokens: null, response_tokens: null });
    expect(shownOf(run)).toEqual(['10', '10', '10;w=60']);
  });

  it('that are none send no headers', async () => {
    const answer = await stage.admin.post(RUN, body);
    expect([answer.status, ...shownOf(answer)]).toEqual([200, null, null, null]);
    expect(answer.headers.get('ratelimit-reset')).toBeNull();
  });
});

describe('limits of the service', () => {
  const settings = {
    RATE_LIMIT_KEY_REQUESTS: '5',
    RATE_LIMIT_PROJECT_REQUESTS: '8',
    RATE_LIMIT_PROJECT_TOKENS: '1000000',
  };
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage(settings);
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  });
  afterAll(() => stage.close());

  it('hold for keys without their own and for the whole project, and a refused request uses nothing', async () => {
    const usual = await keyWith(stage, {});
    const free = await keyWith(stage, { requests_per_minute: 0 });
    const send = async (client: ApiClient, times: number) => {
      const answers = await Promise.all(Array.from({ length: times }, () => client.post(SUBMIT, body)));
      return answers.filter(({ status }) => status === 202).length;
    };
    expect(await send(usual, 20)).toBe(5);
    expectLimited(await usual.post(SUBMIT, body), 'The key has used its 5 requests');
    expect(await send(free, 20)).toBe(3);
    expectLimited(await free.post(SUBMIT, body), 'The project has used its 8 requests');
    expectLimited(await stage.admin.post(RUN, body), 'The project has used its 8 requests');
  });
});

describe('two API processes and a worker with one Redis', () => {
  let stage: Stage;
  let second: ApiClient;
  const env = () => ({ ...stage.env, REDIS_URL: testRedisUrl(), WORKER: 'off' });

  beforeAll(async () => {
    stage = await startStage({ REDIS_URL: testRedisUrl(), WORKER: 'off' });
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  });
  afterAll(() => stage.close());

  it('let in together what a limit allows, and count what the worker used', async () => {
    const [ledger, worker] = [await startLedger({ env: env() }), await startWorker({ env: env() })];
    const key = await keyWith(stage, { requests_per_minute: 30 });
    second = api(ledger.url, key.secret);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? key : second).post(SUBMIT, body)),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(30);

    const spender = await keyWith(stage, { tokens_per_minute: 1_000_000 });
    const done = await untilFinal(spender, await submit(spender, { ...body, model: OPENAI }));
    const { prompt_tokens, response_tokens } = done['telemetry'] as Record<string, number>;
    const left = 1_000_000 - (prompt_tokens ?? 0) - (response_tokens ?? 0);
    expect(left).toBeLessThan(1_000_000);
    for (const client of [spender, api(ledger.url, spender.secret)]) {
      await eventually(async () => {
        const look = await client.post(RUN, {});
        return look.headers.get('ratelimit-remaining') === String(left);
      });
    }
    await Promise.all([ledger.stop(), worker.stop()]);
  });
});

describe('a Redis that goes away', () => {
  let redis: OwnServer;
  let stage: Stage;

  beforeEach(async () => {
    redis = await startOwnRedis();
    stage = await startStage({ REDIS_URL: redis.url });
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  });
  afterEach(async () => {
    await stage.close();
    await redis.stop();
  });

  it.each<[string, (server: OwnServer) => unknown]>([
    ['is killed', (server) => server.kill()],
    ['says nothing any more', (server) => server.freeze()],
  ])('and %s fails no request, and each process counts by itself', async (_how, goAway) => {
    const key = await keyWith(stage, { requests_per_minute: 4 });
    for (let count = 0; count < 4; count += 1) expect((await key.post(RUN, body)).status).toBe(200);
    expectLimited(await key.post(RUN, body), 'used its 4 requests');
    await goAway(redis);
    const shown: unknown[] = [];
    for (let count = 0; count < 4; count += 1) {
      const answer = await key.post(RUN, body);
      shown.push([answer.status, answer.headers.get('ratelimit-remaining')]);
    }
    expect(shown).toEqual(['3', '2', '1', '0'].map((left) => [200, left]));
    expectLimited(await key.post(RUN, body), 'used its 4 requests');
    expect((await stage.admin.post(RUN, body)).status).toBe(200);
  });
});

describe('the rate limits of a key', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  });
  afterAll(() => stage.close());

  const scopes = ['executions:run'];

  it('are shown where the key is, null for what is not set', async () => {
    const made = await stage.admin.post('/v1/keys', { name: 'plain', scopes });
    expect(made.body).toMatchObject({
      key_id: ANY_ID,
      rate_limits: { requests_per_minute: null, tokens_per_minute: null },
    });
    const { keyId } = await keyWith(stage, { requests_per_minute: 7 });
    const list = await stage.admin.get<{ keys: ApiBody[] }>('/v1/keys');
    expect(list.body.keys.find((key) => key['key_id'] === keyId)).toMatchObject({
      rate_limits: { requests_per_minute: 7, tokens_per_minute: null },
    });
  });

  it('are changed one by one, hold at once in this process, and are in the audit log', async () => {
    const key = await keyWith(stage, { requests_per_minute: 1, tokens_per_minute: 1000 });
    expect((await key.post(RUN, body)).status).toBe(200);
    expectLimited(await key.post(RUN, body), 'used its 1 requests');
    const path = `/v1/keys/${key.keyId}`;
    const changed = await stage.admin.patch(path, { rate_limits: { requests_per_minute: 2 } });
    expect(changed).toMatchObject({
      status: 200,
      body: { key_id: key.keyId, rate_limits: { requests_per_minute: 2, tokens_per_minute: 1000 } },
    });
    expect(changed.body).not.toHaveProperty('key');
    expect((await key.post(RUN, body)).status).toBe(200);
    expectLimited(await key.post(RUN, body), 'used its 2 requests');
    const reset = { rate_limits: { requests_per_minute: null, tokens_per_minute: null } };
    expect((await stage.admin.patch(path, reset)).body).toMatchObject(reset);
    expect(shownOf(await key.post(RUN, body))).toEqual([null, null, null]);
    const rows = await stage.sql(
      `SELECT before, after FROM audit_log WHERE action = 'key.change' AND subject = $1 ORDER BY at LIMIT 1`,
      [`key/${key.keyId}`],
    );
    expect(rows).toEqual([
      {
        before: { rate_limits: { requests_per_minute: 1, tokens_per_minute: 1000 } },
        after: { rate_limits: { requests_per_minute: 2, tokens_per_minute: 1000 } },
      },
    ]);
  });

  const BAD: [string, unknown, string][] = [
    ['a negative number', { requests_per_minute: -1 }, '/rate_limits/requests_per_minute'],
    ['half a token', { tokens_per_minute: 0.5 }, '/rate_limits/tokens_per_minute'],
    ['a text', { tokens_per_minute: '100' }, '/rate_limits/tokens_per_minute'],
    ['more than a billion', { requests_per_minute: 1_000_000_001 }, '/rate_limits/requests_per_minute'],
    ['something unknown', { per_hour: 5 }, '/rate_limits/per_hour'],
    ['no object', 5, '/rate_limits'],
    ['a list', [], '/rate_limits'],
  ];

  it.each(BAD)('cannot be %s', async (_what, rateLimits, pointer) => {
    const { keyId } = await keyWith(stage, { requests_per_minute: 7 });
    const tried = [
      await stage.admin.post('/v1/keys', { name: 'a', scopes, rate_limits: rateLimits }),
      await stage.admin.patch(`/v1/keys/${keyId}`, { rate_limits: rateLimits }),
    ];
    for (const answer of tried) {
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(answer.body['errors']).toMatchObject([{ pointer }]);
    }
    const list = await stage.admin.get<{ keys: ApiBody[] }>('/v1/keys');
    expect(list.body.keys.find((key) => key['key_id'] === keyId)).toMatchObject({
      rate_limits: { requests_per_minute: 7 },
    });
  });

  it('are all that can be changed, by who may write keys, of keys that there are', async () => {
    const { keyId } = await keyWith(stage, {});
    const path = `/v1/keys/${keyId}`;
    const limits = { rate_limits: { requests_per_minute: 1 } };
    for (const wrong of [{}, { rate_limits: null }, { ...limits, name: 'other' }]) {
      expectProblem(await stage.admin.patch(path, wrong), 400, 'VALIDATION_FAILED');
    }
    expectProblem(await stage.admin.patch(`/v1/keys/${UNKNOWN_ID}`, limits), 404, 'KEY_NOT_FOUND');
    expectProblem(await stage.admin.patch('/v1/keys/no-id', limits), 400, 'VALIDATION_FAILED');
    const unable = await keyWith(stage, {});
    expectProblem(await unable.patch(path, limits), 403, 'FORBIDDEN');
    expectProblem(await api(stage.ledger.url, null).patch(path, limits), 401, 'UNAUTHORIZED');
  });
});
