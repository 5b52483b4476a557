import { api, type ApiBody } from '../../support/api-client.js';
import type { ServiceProcess } from '../../support/servers/processes.js';
import { startWorker } from '../../support/servers/processes.js';
import { ADMIN_KEY, getExecution, OPENAI, putPrompt, type Stage, startStage, untilFinal } from '../stage.js';

/** Nobody listens at its address. */
const REFUSED = { provider: 'refused', model_name: 'm' };
/** No resolver has an address for its host (RFC 6761). */
const NAMELESS = { provider: 'nameless', model_name: 'm' };
const SERVERS = 'refused=http://127.0.0.1:1/v1, nameless=http://no-such-host.invalid/v1';
const NOTHING = { spent_usd: '0', held_usd: '0' };
const HUGE = 1_000_000;

let stage: Stage;
let worker: ServiceProcess;
let made = 0;

beforeAll(async () => {
  const settings = { OPENAI_COMPATIBLE: SERVERS, WORKER: 'off', POLL_INTERVAL_MS: '50' };
  stage = await startStage(settings);
  worker = await startWorker({ env: { ...stage.env, ...settings } });
  for (const model of [REFUSED, NAMELESS, OPENAI]) {
    await stage.admin.put(`/v1/models/${model.provider}/${model.model_name}`, {});
    const price = { input_usd_per_mtok: '1', output_usd_per_mtok: '2' };
    expect((await stage.admin.post('/v1/prices', { ...model, ...price })).status).toBe(201);
  }
});
afterAll(async () => {
  await worker.stop();
  await stage.close();
});
beforeEach(() => stage.openai.reset());

interface Ask {
  readonly prompt: string;
  readonly model: typeof REFUSED;
  readonly timeoutMs?: number;
}

const bodyOf = ({ prompt, model, timeoutMs }: Ask): ApiBody => ({
  prompt_name: prompt,
  model,
  params: { max_new_tokens: HUGE },
  max_attempts: 1,
  ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
});

async function post(path: string, body: ApiBody): Promise<Response> {
  const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };
  return fetch(stage.ledger.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function idIn(response: Response): Promise<string> {
  const text = await response.text();
  return /"execution_ids?":\[?"([^"]+)"/.exec(text)?.[1] ?? text;
}

/** Each way to ask for an execution; returns its id. */
const WAYS: readonly (readonly [string, (ask: Ask) => Promise<string>])[] = [
  [':run', async (ask) => idIn(await post('/v1/executions:run', bodyOf(ask)))],
  [':stream', async (ask) => idIn(await post('/v1/executions:stream', bodyOf(ask)))],
  [':submit', async (ask) => idIn(await post('/v1/executions:submit', bodyOf(ask)))],
  [
    ':submit-batch',
    async (ask) => idIn(await post('/v1/executions:submit-batch', { ...bodyOf(ask), entries: [{}] })),
  ],
  ...[false, true].map((stream): [string, (ask: Ask) => Promise<string>] => [
    `the OpenAI-compatible API, ${stream ? 'streamed' : 'whole'}`,
    async ({ prompt, model, timeoutMs }) => {
      const response = await post('/openai/v1/chat/completions', {
        model: `prompt/${prompt}`,
        messages: [],
        prompt_model: model,
        max_tokens: HUGE,
        stream,
        ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
      });
      const text = await response.text();
      return response.headers.get('x-execution-id') ?? /"execution_id":"([^"]+)"/.exec(text)?.[1] ?? text;
    },
  ]),
];

/** Makes a new prompt whose budget has room for one call at a time. */
async function budgeted(): Promise<{ prompt: string; standing: () => Promise<ApiBody> }> {
  const prompt = `unsent-${(made += 1)}`;
  await putPrompt(stage.admin, prompt, 'Hello');
  const budget = { name: 'b', scope: 'prompt', scope_value: prompt, period: 'total', limit_usd: '2.5' };
  const { body } = await stage.admin.post('/v1/budgets', budget);
  const standing = async () => {
    const shown = await stage.admin.get(`/v1/budgets/${String(body['budget_id'])}`);
    return { spent_usd: shown.body['spent_usd'], held_usd: shown.body['held_usd'] };
  };
  return { prompt, standing };
}

describe.each(WAYS)('what was certainly not sent, asked for by %s', (_way, ask) => {
  it.each<[string, typeof REFUSED, string]>([
    ['a connection that is refused', REFUSED, 'connection'],
    ['a host without an address', NAMELESS, 'connection'],
  ])('costs nothing: %s', async (_what, model, error_type) => {
    const { prompt, standing } = await budgeted();
    for (let call = 0; call < 2; call += 1) {
      const execution = await untilFinal(stage.admin, await ask({ prompt, model }));
      expect(execution).toMatchObject({ status: 'failed', error_type });
      expect(execution.attempts[0]).toMatchObject({ attempt: 1, cost_usd: '0' });
      expect(await standing()).toEqual(NOTHING);
    }
  });
});

const WAITED = WAYS.filter(([way]) => !way.startsWith(':submit'));

describe.each(WAITED)('a deadline that is over before the call, by %s', (_way, ask) => {
  it('costs nothing, and is no call', async () => {
    const { prompt, standing } = await budgeted();
    for (let call = 0; call < 4; call += 1) {
      const id = await ask({ prompt, model: OPENAI, timeoutMs: 1 });
      expect(await untilFinal(stage.admin, id)).toMatchObject({ status: 'failed', error_type: 'timeout' });
      expect(await standing()).toEqual(NOTHING);
    }
    expect(stage.openai.requests).toEqual([]);
  });
});

describe('a 200 that says it used nothing', () => {
  it('costs what may have been used, since every answer has a token', async () => {
    const { prompt, standing } = await budgeted();
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }];
    const body = JSON.stringify({ id: 'c', object: 'chat.completion', model: 'm', choices, usage });
    stage.openai.behave({ kind: 'raw', headers: { 'content-type': 'application/json' }, body });
    const request = bodyOf({ prompt, model: OPENAI });
    const answer = await api(stage.ledger.url, ADMIN_KEY).post('/v1/executions:run', request);
    expect(answer).toMatchObject({
      status: 200,
      body: { cost_usd: null, telemetry: { prompt_tokens: null, response_tokens: null } },
    });
    expect(Number((await standing())['spent_usd'])).toBeGreaterThan(2);
    const execution = await getExecution(stage.admin, String(answer.body['execution_id']));
    expect(execution).toMatchObject({ cost_usd: null });
  });
});
