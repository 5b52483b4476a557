import { Webhook } from 'standardwebhooks';
import { type ReceivedEvent, WebhookReceiver } from '../../fakes/webhook-receiver.js';
import { api, type ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { moveIntoBatch, setCallbackUrl } from '../../support/rows/execution-rows.js';
import { startLedger, startWorker } from '../../support/servers/processes.js';
import {
  ADMIN_KEY,
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  putPrompt,
  type Stage,
  startStage,
  submit,
  UNKNOWN_ID,
  untilFinal,
} from '../stage.js';

const TIMEOUT_MS = 1500;
const SETTINGS = {
  // Submitted executions wait until a test ends them.
  WORKER: 'off',
  WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
  WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS),
  WEBHOOK_RETRY_WAITS_MS: '20, 20, 20',
  WEBHOOK_CONCURRENCY: '4',
  LOG_LEVEL: 'trace',
};

interface Delivery extends ApiBody {
  readonly event_id: string;
  readonly status: string;
  readonly attempts: readonly ApiBody[];
}

let stage: Stage;
let receiver: WebhookReceiver;

beforeAll(async () => {
  stage = await startStage(SETTINGS);
  receiver = await WebhookReceiver.start();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(async () => {
  await stage.close();
  await receiver.stop();
});
beforeEach(() => receiver.reset());

async function queue(url: string | null): Promise<string> {
  const executionId = await submit(stage.admin, {
    prompt_name: 'greeting',
    variables: { name: 'a-secret-name' },
    model: ECHO,
    correlation_id: 'order-4711',
    metadata: { user: 'ü' },
    environment: 'prod',
  });
  await setCallbackUrl(stage.owner, url, executionId);
  return executionId;
}

/** Makes a final execution without any worker. */
async function finished(url: string): Promise<string> {
  const executionId = await queue(url);
  await stage.admin.post(`/v1/executions/${executionId}:cancel`);
  return executionId;
}

async function deliveriesOf(executionId: string): Promise<readonly Delivery[]> {
  const path = `/v1/executions/${executionId}/deliveries`;
  return (await stage.admin.get<{ deliveries: Delivery[] }>(path)).body.deliveries;
}

async function untilOver(executionId: string): Promise<Delivery> {
  let delivery: Delivery | undefined;
  await eventually(async () => {
    [delivery] = await deliveriesOf(executionId);
    return delivery !== undefined && delivery.status !== 'pending';
  });
  return delivery as Delivery;
}

async function secret(): Promise<string> {
  return (await stage.admin.get<{ secret: string }>('/v1/webhooks/secret')).body.secret;
}

function verify(request: ReceivedEvent, by: string): unknown {
  return new Webhook(by).verify(request.body, request.headers as Record<string, string>);
}

function first(): ReceivedEvent {
  return receiver.requests[0] as ReceivedEvent;
}

describe('a callback', () => {
  it('tells of an execution that a worker has ended, signed, and without a word of what was said', async () => {
    const executionId = await queue(receiver.url('/done?token=hidden-in-the-query'));
    const worker = await startWorker({ env: { ...stage.env } });
    await untilFinal(stage.admin, executionId);
    await worker.stop();
    const delivery = await untilOver(executionId);
    expect(verify(first(), await secret())).toEqual({
      type: 'execution.succeeded',
      timestamp: ANY_TIME,
      data: {
        execution_id: executionId,
        status: 'succeeded',
        mode: 'async',
        prompt_name: 'greeting',
        version_number: 1,
        environment: 'prod',
        correlation_id: 'order-4711',
        batch_id: null,
        error_type: null,
        created_at: ANY_TIME,
        completed_at: ANY_TIME,
        metadata: { user: 'ü' },
      },
    });
    expect(first()).toMatchObject({
      path: '/done?token=hidden-in-the-query',
      headers: {
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/^prompt-ledger\/\d/) as string,
        'webhook-id': delivery.event_id,
      },
    });
    expect(delivery).toEqual({
      event_id: ANY_ID,
      event_type: 'execution.succeeded',
      url: receiver.url('/done?token=hidden-in-the-query'),
      status: 'delivered',
      created_at: ANY_TIME,
      completed_at: ANY_TIME,
      next_attempt_at: null,
      attempts: [
        {
          attempt: 1,
          status: 'succeeded',
          response_status: 200,
          error: null,
          started_at: ANY_TIME,
          duration_ms: expect.any(Number) as number,
        },
      ],
    });
    expect(receiver.requests).toHaveLength(1);
    expect(JSON.stringify(receiver.requests)).not.toContain('a-secret-name');
    expect(stage.ledger.logs.filter((line) => line.includes(delivery.event_id))).not.toEqual([]);
    expect(stage.ledger.logs.filter((line) => /hidden-in-the-query|whsec_|v1,/.test(line))).toEqual([]);
  });

  it('comes again under the same id with the same bytes, until it is taken', async () => {
    receiver.behave({ kind: 'answer', status: 500 }, { kind: 'cut' }, { kind: 'answer', status: 204 });
    const delivery = await untilOver(await finished(receiver.url()));
    expect(delivery).toMatchObject({
      status: 'delivered',
      attempts: [
        { attempt: 1, status: 'failed', response_status: 500, error: 'The receiver answered 500.' },
        {
          attempt: 2,
          status: 'failed',
          response_status: null,
          error: 'The receiver closed the connection without an answer.',
        },
        { attempt: 3, status: 'succeeded', response_status: 204, error: null },
      ],
    });
    expect(receiver.requests).toHaveLength(3);
    const ids = receiver.requests.map(({ headers, body }) => `${String(headers['webhook-id'])} ${body}`);
    expect(new Set(ids).size).toBe(1);
    const by = await secret();
    for (const request of receiver.requests) verify(request, by);
  });

  it('is given up after the last wait, and stays to be read', async () => {
    receiver.behave({ kind: 'answer', status: 503 });
    const delivery = await untilOver(await finished(receiver.url()));
    expect(delivery).toMatchObject({ status: 'failed', next_attempt_at: null, completed_at: ANY_TIME });
    expect(delivery.attempts).toHaveLength(4);
    expect(receiver.requests).toHaveLength(4);
  });

  it('is given up at once when the receiver says 410', async () => {
    receiver.behave({ kind: 'answer', status: 410 });
    const delivery = await untilOver(await finished(receiver.url()));
    expect(delivery).toMatchObject({ status: 'failed', attempts: [{ response_status: 410 }] });
    expect(receiver.requests).toHaveLength(1);
  });

  it('waits as long as the receiver asks', async () => {
    receiver.behave({ kind: 'answer', status: 429, headers: { 'retry-after': '3600' } });
    const executionId = await finished(receiver.url());
    await eventually(async () => (await deliveriesOf(executionId))[0]?.attempts.length === 1);
    const [delivery] = await deliveriesOf(executionId);
    expect(delivery).toMatchObject({ status: 'pending', completed_at: null });
    const waitMs = Date.parse(String(delivery?.['next_attempt_at'])) - Date.now();
    expect(waitMs).toBeGreaterThan(3_500_000);
    expect(waitMs).toBeLessThan(3_700_000);
  });

  it('follows no redirect', async () => {
    const elsewhere = await WebhookReceiver.start();
    receiver.behave({ kind: 'answer', status: 307, headers: { location: elsewhere.url() } });
    const delivery = await untilOver(await finished(receiver.url()));
    expect(delivery.attempts[0]).toMatchObject({
      response_status: 307,
      error: 'The receiver answered 307; redirects are not followed.',
    });
    expect(elsewhere.connections).toBe(0);
    await elsewhere.stop();
  });

  it('waits for no receiver that hangs', async () => {
    receiver.behave({ kind: 'hang' }, { kind: 'answer' });
    const delivery = await untilOver(await finished(receiver.url()));
    expect(delivery).toMatchObject({
      status: 'delivered',
      attempts: [
        { response_status: null, error: `There was no answer within ${TIMEOUT_MS} ms.` },
        { response_status: 200 },
      ],
    });
    await eventually(() => receiver.openConnections === 0);
  });

  it('leaves a receiver that never ends its answer', async () => {
    receiver.behave({ kind: 'stream' });
    const delivery = await untilOver(await finished(receiver.url()));
    expect(delivery).toMatchObject({ status: 'delivered', attempts: [{ response_status: 200 }] });
    await eventually(() => receiver.openConnections === 0);
    expect(receiver.requests).toHaveLength(1);
  });

  it('goes nowhere that is not public, though it stands in the table', async () => {
    const inside = await WebhookReceiver.start('127.0.0.2');
    const [literal, name] = await Promise.all([
      finished(inside.url()),
      finished(inside.url().replace('127.0.0.2', 'hooks.localhost')),
    ]);
    const error = 'The callback URL must lead to a public host.';
    for (const executionId of [literal, name]) {
      const delivery = await untilOver(executionId);
      expect(delivery).toMatchObject({
        status: 'failed',
        attempts: [{ response_status: null, error }, {}, {}, {}],
      });
    }
    expect(inside.connections).toBe(0);
    await inside.stop();
  });

  it('of a project whose receivers hang leaves half of the slots to others', async () => {
    const hanging = await WebhookReceiver.start();
    hanging.behave({ kind: 'hang' });
    const insert = `INSERT INTO outbox (project_id, kind, subject, due_at, body)
      SELECT project_id, 'execution.succeeded', 'nobody', now(), json_build_object('url', $2::text, 'event', '{}'::json)
      FROM projects CROSS JOIN generate_series(1, $3::integer) WHERE name = $1`;
    await stage.sql(insert, ['default', hanging.url(), 8]);
    await eventually(() => hanging.requests.length > 0);
    await stage.sql(`INSERT INTO projects (name) VALUES ('quiet')`);
    await stage.sql(insert, ['quiet', receiver.url(), 1]);
    await eventually(() => receiver.requests.length === 1);
    expect(hanging.openConnections).toBeLessThanOrEqual(2);
    await stage.sql(`DELETE FROM outbox WHERE subject = 'nobody'`);
    await eventually(() => hanging.openConnections === 0);
    await hanging.stop();
  });

  it('tells of a batch when all of it is over', async () => {
    const executions = [await queue(null), await queue(null)];
    const [batch] = await stage.sql<{ batch_id: string }>(
      `INSERT INTO batches (project_id, prompt_id, version_id, model_id, environment, size, callback_url)
       SELECT project_id, prompt_id, version_id, model_id, environment, 2, $2 FROM executions_all WHERE execution_id = $1
       RETURNING batch_id`,
      [executions[0], receiver.url()],
    );
    const batchId = (batch as { batch_id: string }).batch_id;
    const path = `/v1/batches/${batchId}/deliveries`;
    await moveIntoBatch(stage.owner, batchId, executions);
    expect((await stage.admin.get(path)).body).toEqual({ deliveries: [] });
    for (const executionId of executions) await stage.admin.post(`/v1/executions/${executionId}:cancel`);
    await eventually(() => receiver.requests.length === 1);
    expect(verify(first(), await secret())).toMatchObject({
      type: 'batch.completed',
      data: { batch_id: batchId, size: 2, counts: { succeeded: 0, failed: 0, canceled: 2 } },
    });
    await eventually(async () => {
      const { body } = await stage.admin.get<{ deliveries: Delivery[] }>(path);
      return body.deliveries[0]?.status === 'delivered';
    });
  });
});

describe('deliveries', () => {
  it('are none for an execution that nobody waits for', async () => {
    const executionId = await submit(stage.admin, {
      prompt_name: 'greeting',
      variables: { name: 'x' },
      model: ECHO,
    });
    const answer = await stage.admin.get(`/v1/executions/${executionId}/deliveries`);
    expect([answer.status, answer.body]).toEqual([200, { deliveries: [] }]);
  });

  it('of an unknown execution are the 404 of the execution itself', async () => {
    const execution = await stage.admin.get(`/v1/executions/${UNKNOWN_ID}`);
    const answer = await stage.admin.get(`/v1/executions/${UNKNOWN_ID}/deliveries`);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      ...execution.body,
      instance: `/v1/executions/${UNKNOWN_ID}/deliveries`,
    });
    expectProblem(await stage.admin.get(`/v1/batches/${UNKNOWN_ID}/deliveries`), 404, 'BATCH_NOT_FOUND');
    expectProblem(await stage.admin.get('/v1/executions/what/deliveries'), 400, 'VALIDATION_FAILED');
  });

  it('and secrets of another project are not to be had', async () => {
    const executionId = await finished(receiver.url());
    await untilOver(executionId);
    const made = await stage.admin.post<{ key: string; key_id: string }>('/v1/keys', {
      name: 'other',
      scopes: ['executions:read', 'keys:write'],
    });
    const mine = await secret();
    await stage.sql(
      `WITH project AS (INSERT INTO projects (name) VALUES ('other') RETURNING project_id)
       UPDATE api_keys SET project_id = project.project_id FROM project WHERE key_id = $1`,
      [made.body.key_id],
    );
    const other = api(stage.ledger.url, made.body.key);
    expectProblem(await other.get(`/v1/executions/${executionId}/deliveries`), 404, 'EXECUTION_NOT_FOUND');
    const theirs = await other.get<{ secret: string }>('/v1/webhooks/secret');
    expect(theirs.status).toBe(200);
    expect(theirs.body.secret).not.toBe(mine);
  });
});

describe('the secret', () => {
  const rotate = async () => {
    const path = '/v1/webhooks/secret:rotate';
    return stage.admin.post<{ secret: string; previous_expires_at: string | null }>(path);
  };

  it('is the same until it is rotated, is not to be cached, and leaves a trace', async () => {
    const answers = [
      await stage.admin.get('/v1/webhooks/secret'),
      await stage.admin.get('/v1/webhooks/secret'),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as string,
        created_at: ANY_TIME,
      });
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    const audit = await stage.sql(`SELECT actor, action FROM audit_log WHERE action = 'webhook_secret.read'`);
    expect(audit).toContainEqual({ actor: 'admin', action: 'webhook_secret.read' });
  });

  it('signs beside the one before it for a day, and no longer than until the next', async () => {
    const before = await secret();
    const rotated = await rotate();
    expect(rotated.status).toBe(200);
    expect(rotated.headers.get('cache-control')).toBe('no-store');
    expect(rotated.body).toEqual({
      secret: await secret(),
      created_at: ANY_TIME,
      previous_expires_at: ANY_TIME,
    });
    const overlapMs = Date.parse(rotated.body.previous_expires_at ?? '') - Date.now();
    expect(Math.abs(overlapMs - 24 * 60 * 60 * 1000)).toBeLessThan(60_000);
    await untilOver(await finished(receiver.url()));
    expect(String(first().headers['webhook-signature']).split(' ')).toHaveLength(2);
    verify(first(), before);
    verify(first(), rotated.body.secret);

    await rotate();
    receiver.reset();
    await untilOver(await finished(receiver.url()));
    expect(() => verify(first(), before)).toThrow('No matching signature');
    verify(first(), rotated.body.secret);
    verify(first(), await secret());
  });

  it('stands nowhere in the database', async () => {
    const key = Buffer.from((await secret()).slice('whsec_'.length), 'base64');
    const rows = await stage.sql<{ salt: Buffer }>('SELECT salt FROM webhook_secrets');
    expect(rows).not.toEqual([]);
    expect(rows.filter(({ salt }) => salt.includes(key))).toEqual([]);
  });

  it('is made once when many ask for the first time, and rotated as often as asked', async () => {
    await stage.sql('DELETE FROM webhook_secrets');
    const secrets = await Promise.all(Array.from({ length: 6 }, secret));
    expect(new Set(secrets).size).toBe(1);
    const rotations = await Promise.all(Array.from({ length: 4 }, rotate));
    expect(new Set(rotations.map(({ body }) => body.secret)).size).toBe(4);
    const good = await stage.sql(
      'SELECT FROM webhook_secrets WHERE expires_at IS NULL OR expires_at > now()',
    );
    expect(good).toHaveLength(2);
  });

  it('is for keys that may make keys', async () => {
    const { body } = await stage.admin.post<{ key: string }>('/v1/keys', {
      name: 'reader',
      scopes: ['executions:read'],
    });
    const reader = api(stage.ledger.url, body.key);
    expectProblem(await reader.get('/v1/webhooks/secret'), 403, 'FORBIDDEN');
    expectProblem(await reader.post('/v1/webhooks/secret:rotate'), 403, 'FORBIDDEN');
  });
});

describe('an API process that is killed while it delivers', () => {
  it('loses nothing: another delivers under the same id', async () => {
    receiver.behave({ kind: 'hang' }, { kind: 'answer' });
    const killed = await startStage(SETTINGS);
    await putPrompt(killed.admin, 'greeting', 'Hello');
    const executionId = await submit(killed.admin, { prompt_name: 'greeting', model: ECHO });
    await setCallbackUrl(killed.owner, receiver.url(), executionId);
    await killed.admin.post(`/v1/executions/${executionId}:cancel`);
    await eventually(() => receiver.requests.length === 1);
    await killed.ledger.kill();

    const next = await startLedger({ env: { ...killed.env, ...SETTINGS } });
    await eventually(() => receiver.requests.length === 2);
    const [lost, taken] = receiver.requests as [ReceivedEvent, ReceivedEvent];
    expect(taken.headers['webhook-id']).toBe(lost.headers['webhook-id']);
    expect(taken.body).toBe(lost.body);
    const client = api(next.url, ADMIN_KEY);
    const path = `/v1/executions/${executionId}/deliveries`;
    await eventually(async () => {
      const { body } = await client.get<{ deliveries: Delivery[] }>(path);
      return body.deliveries[0]?.status === 'delivered';
    });
    expect((await client.get(path)).body).toMatchObject({
      deliveries: [{ attempts: [{ attempt: 2, status: 'succeeded' }] }],
    });
    await next.stop();
    await killed.close();
  });
});
