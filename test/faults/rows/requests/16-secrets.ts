import { WebhookReceiver } from '../../../fakes/webhook-receiver.js';
import type { Behaviour } from '../../../fakes/vendors/openai-server.js';
import { ADMIN_KEY, type FaultContext } from '../../core/fault-context.js';
import type { Tap } from '../../core/connections/fault-proxy.js';
import { withRedis } from '../../core/lab.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = { full: { rounds: 10 }, short: { rounds: 1 } };
/** The row searches for each of these wherever it should not be. */
const MARKS = {
  'admin key': ADMIN_KEY,
  'provider key': 'sk-marked-4f1c0a77d2e94b0e',
  'key secret': 'marked-key-hash-secret-92c1',
  prompt: 'marked-prompt-7b3e',
  variable: 'marked-variable-c05d',
  response: 'marked-response-18af',
  'callback path': 'marked-callback-e6b2',
};
const SETTLE_LIMIT_MS = 60_000;
/** Marks rows that the database itself refuses, and whose error quotes them. */
const REFUSED_BY_DATABASE = 'refused-by-the-database';
const LEAST_ERRORS = 12;

interface Seen {
  /** Every unsuccessful answer, as received. */
  readonly problems: string[];
  readonly codes: Set<string>;
  /** Everything that was sent to Redis and came back. */
  readonly redis: Buffer[];
  readonly secrets: Map<string, string>;
}

export const secretsRow: FaultRow = {
  number: 16,
  fault:
    'secrets (API key, provider key, a marked prompt) through every error path at the most talkative log level',
  mustHold: '0 hits in logs, Redis, errors',
  async run(context, size) {
    const { rounds } = SIZES[size];
    const secrets = new Map<string, string>(Object.entries(MARKS));
    const seen: Seen = { problems: [], codes: new Set(), redis: [], secrets };
    context.redis.proxy.tap(() => recorder(seen.redis));
    const receiver = await WebhookReceiver.start();
    // The receiver refuses first and accepts in the end, which is logged differently.
    receiver.behave({ kind: 'answer', status: 500 }, { kind: 'answer' });
    const settings = context.settings('Redis', {
      OPENAI_API_KEY: MARKS['provider key'],
      KEY_HASH_SECRET: MARKS['key secret'],
      LOG_LEVEL: 'trace',
      CIRCUIT_FAILURES: '0',
      RETRY_WAITS_MS: '20',
      LEASE_MS: '1000',
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
      WEBHOOK_RETRY_WAITS_MS: '10',
    });
    // DEBUG is a separate level.
    const [api, worker] = [
      await context.startApi(settings),
      await context.startWorker({ ...settings, DEBUG: 'true' }),
    ];
    await prepare(context, api.url, seen);
    for (let round = 0; round < rounds; round += 1) await goWrong(context, api.url, seen, receiver);
    await context.untilSettled(SETTLE_LIMIT_MS);
    const keys = await dumpRedis(context);
    const isSent = context.provider.server.requests.some(
      ({ headers, body }) =>
        headers.authorization?.includes(MARKS['provider key']) === true &&
        JSON.stringify(body).includes(MARKS.variable),
    );
    await context.until(() => receiver.requests.length > 0, 'a callback');
    await Promise.all([api.stop(), worker.stop(), receiver.stop()]);
    const logs = [...api.logs, ...worker.logs].join('\n');
    const hits = [
      ...hitsIn(secrets, 'a log', logs),
      ...hitsIn(secrets, 'Redis', Buffer.concat(seen.redis).toString('latin1') + keys.join('\n')),
      ...hitsIn(secrets, 'an error', seen.problems.join('\n')),
    ];
    const verdict = await context.check();
    return {
      landed: [
        { what: 'kinds of errors', count: seen.codes.size, atLeast: LEAST_ERRORS },
        { what: 'lines of log', count: api.logs.length + worker.logs.length, atLeast: 50 },
        { what: 'of them at a level below info', count: talkative(logs), atLeast: 1 },
        {
          what: 'bytes to and from Redis',
          count: seen.redis.reduce((sum, { length }) => sum + length, 0),
          atLeast: 1_000,
        },
        { what: 'providers that were sent key and variable', count: isSent ? 1 : 0, atLeast: 1 },
        { what: 'secrets looked for', count: secrets.size, atLeast: Object.keys(MARKS).length + 2 },
      ],
      measured: {
        'error answers': seen.problems.length,
        codes: [...seen.codes].sort().join(' '),
        hits: hits.length,
      },
      broken: [...verdict.broken, ...hits],
    };
  },
};

function recorder(chunks: Buffer[]): Tap {
  const keep = (chunk: Buffer) => {
    chunks.push(chunk);
    return chunk;
  };
  return { fromClient: keep, fromServer: keep };
}

async function prepare(context: FaultContext, url: string, { secrets }: Seen): Promise<void> {
  const admin = context.admin(url);
  await context.putPrompt(url);
  await admin.put('/v1/prompts/marked', { template_source: `${MARKS.prompt} {{text}}`, set_active: true });
  const key = await admin.post<{ key: string }>('/v1/keys', { name: 'marked', scopes: ['prompts:read'] });
  secrets.set('API key', key.body.key.split('_').at(-1) ?? '');
  const webhook = await admin.get<{ secret: string }>('/v1/webhooks/secret');
  secrets.set('webhook secret', webhook.body.secret.replace(/^whsec_/, ''));
  await context.database.query(
    `ALTER TABLE execution_inputs ADD CHECK (rendered_prompt NOT LIKE '%${REFUSED_BY_DATABASE}%') NOT VALID`,
  );
}

/** Failures of a provider that repeat what it was sent. */
const FAILURES: readonly Behaviour[] = [
  ...[400, 401, 408, 429, 500].map((status): Behaviour => ({
    kind: 'error',
    status,
    message: `Wrong: ${MARKS['provider key']} ${MARKS.prompt} ${MARKS.variable} ${MARKS.response}`,
  })),
  { kind: 'raw', body: `data: {"choices": [{"delta": "${MARKS.response} ${MARKS.variable}\n\n` },
  { kind: 'raw', status: 502, headers: { 'content-type': 'text/html' }, body: `<p>${MARKS.response}</p>` },
  { kind: 'cut', at: 'body' },
  { kind: 'cut', at: 'start' },
  { kind: 'hang', at: 'body' },
  { kind: 'answer', text: MARKS.response },
];

async function goWrong(
  context: FaultContext,
  url: string,
  seen: Seen,
  receiver: WebhookReceiver,
): Promise<void> {
  const send = sender(url, seen);
  const body = {
    prompt_name: 'marked',
    variables: { text: MARKS.variable },
    timeout_ms: 500,
    max_attempts: 2,
  };
  for (const behaviour of FAILURES) {
    context.provider.behave(behaviour);
    const callback = { callback_url: receiver.url(`/${MARKS['callback path']}`) };
    await Promise.all([
      send('POST', '/v1/executions:run', body),
      send('POST', '/v1/executions:submit', { ...body, ...callback }),
    ]);
  }
  await context.untilSettled(SETTLE_LIMIT_MS);
  await sendRefused(send, body);
  await sendUnknown(send, context, seen);
  // Rows that the database refuses, and one that disappears during the request.
  await send('POST', '/v1/executions:submit', {
    ...body,
    variables: { text: `${MARKS.variable} ${REFUSED_BY_DATABASE}` },
  });
  await send('POST', '/v1/executions:run', {
    ...body,
    variables: { text: `${MARKS.variable} ${REFUSED_BY_DATABASE}` },
  });
  context.redis.proxy.resetAll();
  const cut = send('POST', '/v1/executions:run', body);
  context.postgres.proxy.resetAll();
  await cut;
  await context.postgres.proxy.refuse();
  await send('GET', '/v1/prompts?limit=1', undefined);
  await context.postgres.proxy.pass();
}

type Send = (method: string, route: string, body: unknown, headers?: Record<string, string>) => Promise<void>;

/** Sends bodies that are wrong in every part that is checked. */
async function sendRefused(send: Send, body: Readonly<Record<string, unknown>>): Promise<void> {
  const key = { 'idempotency-key': 'marked' };
  await send(
    'POST',
    '/v1/executions:run',
    `{"prompt_name": "marked", "variables": {"text": "${MARKS.variable}"`,
  );
  await send('POST', '/v1/executions:run', { ...body, variables: [MARKS.variable] });
  await send('POST', '/v1/executions:run', { ...body, variables: { other: MARKS.variable } });
  await send('POST', '/v1/executions:run', { ...body, timeout_ms: MARKS.variable });
  await send('POST', '/v1/executions:run', { ...body, model: { provider: 'nobody', model_name: 'x' } });
  await send('POST', '/v1/executions:run', { ...body, variables: { text: MARKS.variable.repeat(20_000) } });
  await send('POST', '/v1/executions:run', { ...body, variables: { text: MARKS.variable.repeat(100_000) } });
  await send('POST', '/v1/executions:submit', {
    ...body,
    callback_url: `http://10.0.0.1/${MARKS['callback path']}`,
  });
  await send('POST', '/v1/executions:submit-batch', {
    prompt_name: 'marked',
    entries: [{ variables: { text: MARKS.variable } }, { variables: { other: MARKS.variable } }],
  });
  const { prompt_name, variables } = body;
  const model = { provider: 'openai', model_name: 'gpt-4o-mini' };
  const told = { prompt_name, model, status: 'succeeded', started_at: '2026-11-24T10:00:00Z' };
  await send('POST', '/v1/executions:record', {
    executions: [
      { ...told, variables, response_text: MARKS.response },
      { ...told, variables: { other: MARKS.variable }, response_text: MARKS.response },
      { ...told, variables, status: 'failed', error_message: `Wrong key: ${MARKS['provider key']}` },
    ],
  });
  await send('POST', '/v1/executions:record', { executions: [{ ...told, response_text: [MARKS.response] }] });
  await send('POST', '/v1/executions:submit', body, key);
  await send('POST', '/v1/executions:submit', { ...body, variables: { text: `${MARKS.variable}!` } }, key);
  await send('PUT', '/v1/prompts/marked', {
    template_source: `${MARKS.prompt} {{ x | unknown_filter }}`,
  });
  await send('PUT', '/v1/prompts/marked', { template_source: `${MARKS.prompt} {% if %}` });
}

/** Sends keys that are invalid or lack permission, and asks for things that do not exist. */
async function sendUnknown(send: Send, context: FaultContext, { secrets }: Seen): Promise<void> {
  await send('GET', '/v1/prompts', undefined, { 'x-api-key': MARKS['provider key'] });
  await send('GET', '/v1/prompts', undefined, { 'x-api-key': `pl_x_${secrets.get('API key') ?? ''}` });
  await send('GET', '/v1/prompts', undefined, {
    'x-api-key': '',
    authorization: `Bearer ${MARKS['key secret']}`,
  });
  await send('GET', `/v1/executions/${context.history.requests.length}`, undefined);
  await send('GET', '/v1/executions/00000000-0000-7000-8000-000000000000', undefined);
  await send('GET', '/nowhere', undefined);
  await send('DELETE', '/v1/executions', undefined);
}

function sender(url: string, { problems, codes }: Seen): Send {
  return async (method, route, body, headers = {}) => {
    const response = await fetch(`${url}${route}`, {
      method,
      headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status < 400) return;
    problems.push(JSON.stringify([...response.headers]) + text);
    codes.add((JSON.parse(text) as { code: string }).code);
  };
}

/** Reads everything in Redis at the end, of whatever type. */
async function dumpRedis({ redis }: FaultContext): Promise<string[]> {
  const reads: Readonly<Record<string, readonly string[]>> = {
    string: ['GET'],
    hash: ['HGETALL'],
    list: ['LRANGE', '0', '-1'],
    set: ['SMEMBERS'],
    zset: ['ZRANGE', '0', '-1'],
    stream: ['XRANGE', '-', '+'],
  };
  return withRedis(redis.directUrl, async (client) => {
    const found: string[] = [];
    for (const key of (await client.sendCommand(['KEYS', '*'])) as unknown as string[]) {
      const [command = 'GET', ...rest] = reads[
        (await client.sendCommand(['TYPE', key])) as unknown as string
      ] ?? ['GET'];
      found.push(key, JSON.stringify(await client.sendCommand([command, key, ...rest])));
    }
    return found;
  });
}

function hitsIn(secrets: ReadonlyMap<string, string>, where: string, text: string): string[] {
  return [...secrets]
    .filter(([, secret]) => secret !== '' && text.includes(secret))
    .map(([name, secret]) => {
      const at = text.indexOf(secret);
      return `The ${name} stands in ${where}: ${text.slice(Math.max(0, at - 80), at + secret.length)}`;
    });
}

/** Counts lines of debug and trace. */
function talkative(logs: string): number {
  return logs.split('\n').filter((line) => /"level":(?:10|20)\b/.test(line)).length;
}
