import { createHash } from 'node:crypto';
import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { otherProject } from '../other-project.js';
import {
  ENTRY,
  FAILED,
  putGreetings,
  RECORD,
  record,
  type RecordAnswer,
  recordOne,
  rowCounts,
  send,
} from './record-entries.js';
import {
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  getExecution,
  putPrompt,
  type Stage,
  startStage,
} from '../stage.js';

const RUN = '/v1/executions:run';

let stage: Stage;
let foreign: ApiClient;
let hashes: readonly string[];

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off', MAX_RESPONSE_BYTES: '2048' });
  foreign = await otherProject(stage);
  hashes = await putGreetings(stage);
  await putPrompt(stage.admin, 'chat', [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'I am {{name}}' },
  ]);
});
afterAll(() => stage.close());

describe('an execution that a client made itself', () => {
  it('has the lineage of any other', async () => {
    const before = new Date();
    const told = {
      ...ENTRY,
      version_number: null,
      template_hash: null,
      environment: 'prod',
      correlation_id: 'order-4711',
      params: { temperature: 0.2, max_new_tokens: 800, stop: 'END', top_k: 3 },
      finish_reason: 'stop',
      usage: { prompt_tokens: 12, response_tokens: 0, raw: { prompt_tokens: 12 } },
      latency_ms: 812,
      error_type: null,
      error_message: null,
      provider_request_id: 'req-1',
      started_at: '2026-11-24T12:00:00.000+02:00',
    };
    const answer = await send(stage, [told]);
    expect(answer).toMatchObject({
      status: 200,
      body: { recorded: [{ index: 0, execution_id: ANY_ID, version_number: 2 }], rejected: [] },
    });
    const id = answer.body.recorded[0]?.execution_id ?? '';
    const times = { started_at: '2026-11-24T10:00:00.000Z', completed_at: '2026-11-24T10:00:00.812Z' };
    const call = { provider: 'openai', model_name: 'gpt-4o-mini' };
    const nothing = { error_type: null, error_message: null };
    // The catalogue's price is 0.15 dollars for a million tokens of the prompt.
    const cost = { cost_usd: '0.0000018', cost_pico_usd: '1800000', price_id: ANY_ID };
    const execution = await getExecution(stage.admin, id);
    expect(execution).toEqual({
      execution_id: id,
      origin: 'recorded',
      status: 'succeeded',
      mode: 'sync',
      prompt_name: 'greeting',
      version_number: 2,
      version_id: ANY_ID,
      checksum_hash: hashes[1],
      environment: 'prod',
      resolved_by: 'active',
      model: call,
      finish_reason: 'stop',
      telemetry: {
        prompt_tokens: 12,
        response_tokens: 0,
        cached_prompt_tokens: null,
        reasoning_tokens: null,
        time_to_first_token_ms: null,
        latency_ms: 812,
      },
      route: null,
      ...cost,
      cache_hit: false,
      cached_from: null,
      correlation_id: 'order-4711',
      batch_id: null,
      ...nothing,
      created_at: ANY_TIME,
      ...times,
      response_text: 'Hello yourself',
      response_truncated: false,
      response_sha256: sha256('Hello yourself'),
      tool_calls: null,
      extras: null,
      models: null,
      streamed: false,
      owner_team: null,
      on_budget: null,
      output_error: null,
      output_valid: null,
      masked: [],
      content: null,
      content_erased_at: null,
      variables: { name: 'John' },
      rendered_prompt: 'Hi John',
      params: { temperature: 0.2, max_new_tokens: 800, stop: ['END'], top_k: 3 },
      vendor_params: null,
      timeout_ms: null,
      max_attempts: 1,
      on_unknown: 'retry',
      callback_url: null,
      git: null,
      attempts: [
        {
          attempt: 1,
          status: 'succeeded',
          ...call,
          ...times,
          latency_ms: 812,
          time_to_first_token_ms: null,
          prompt_tokens: 12,
          response_tokens: 0,
          ...cost,
          usage: { prompt_tokens: 12 },
          ...nothing,
          provider_status: null,
          provider_request_id: 'req-1',
        },
      ],
    });
    // The time of the recording, not the time that the entry reports.
    expect(Date.parse(String(execution['created_at']))).toBeGreaterThan(before.getTime() - 60_000);
    const list = await stage.admin.get<{ executions: ApiBody[] }>(
      '/v1/executions?correlation_id=order-4711&environment=prod',
    );
    expect(list.body.executions).toMatchObject([{ execution_id: id, origin: 'recorded', ...times }]);
    const [kept] = await stage.sql(
      `SELECT a.usage::text AS attempt, o.usage::text AS output FROM execution_attempts_all a
       JOIN execution_outputs o USING (execution_id) WHERE execution_id = $1`,
      [id],
    );
    expect(kept).toEqual({ attempt: '{"prompt_tokens":12}', output: '{"prompt_tokens":12}' });
  });

  it('is told from those of the ledger wherever they are shown', async () => {
    const run = await stage.admin.post(RUN, {
      prompt_name: 'greeting',
      variables: ENTRY.variables,
      model: ECHO,
    });
    const id = String(run.body['execution_id']);
    expect(run.body).toMatchObject({ origin: 'ledger' });
    expect(await getExecution(stage.admin, id)).toMatchObject({
      origin: 'ledger',
      timeout_ms: expect.any(Number),
    });
    const { body } = await stage.admin.get<{ executions: ApiBody[] }>('/v1/executions?limit=1');
    expect(body.executions).toMatchObject([{ execution_id: id, origin: 'ledger' }]);
  });

  it('may have failed', async () => {
    const details = { latency_ms: 30_000, error_type: 'timeout', error_message: 'No answer.\nIn 30 s.' };
    const expected = { error_type: 'timeout', error_message: 'No answer. In 30 s.' };
    expect(await recordOne(stage, { ...FAILED, ...details })).toMatchObject({
      status: 'failed',
      ...expected,
      response_text: null,
      response_sha256: null,
      finish_reason: null,
      completed_at: '2026-11-24T10:00:30.000Z',
      attempts: [{ status: 'failed', ...expected, latency_ms: 30_000 }],
    });
  });

  it('that failed and says no more is the failure of its provider, and keeps what there was of an answer', async () => {
    const { response_text: _, ...bare } = FAILED;
    const nothing = { telemetry: { prompt_tokens: null, response_tokens: null, latency_ms: null } };
    expect(await recordOne(stage, bare)).toMatchObject({
      ...nothing,
      status: 'failed',
      error_type: 'provider_error',
      error_message: null,
      response_text: null,
      started_at: ENTRY.started_at,
      completed_at: ENTRY.started_at,
    });
    expect(await recordOne(stage, { ...FAILED, response_text: 'Hel' })).toMatchObject({
      response_text: 'Hel',
    });
  });

  it('keeps no key that the message of a failure quotes', async () => {
    const message = `Incorrect API key provided: sk-proj-0123456789abcdef. ${'x'.repeat(5000)}`;
    const stored = String((await recordOne(stage, { ...FAILED, error_message: message }))['error_message']);
    expect(stored).toMatch(/^Incorrect API key provided: \[redacted\]/);
    expect(stored).toHaveLength(300);
  });

  it('may have an answer without text', async () => {
    expect(await recordOne(stage, { ...ENTRY, response_text: null })).toMatchObject({
      status: 'succeeded',
      response_text: null,
      response_sha256: null,
    });
    expect(await recordOne(stage, { ...ENTRY, response_text: '' })).toMatchObject({
      response_text: '',
      response_sha256: sha256(''),
    });
  });

  it('of a chat prompt shows the messages that were sent', async () => {
    expect(await recordOne(stage, { ...ENTRY, prompt_name: 'chat' })).toMatchObject({
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'I am John' },
      ],
    });
  });

  it('keeps its variables as they came, in their order and with their numbers', async () => {
    const variables = `{"z": 1.50, "name": "Zoë \\u00e9", "a": 12345678901234567890, "m": [${'{"k": 1},'.repeat(20_000)}0]}`;
    const { variables: _, ...rest } = ENTRY;
    const text = `{"executions": [${JSON.stringify(ENTRY)}, ${JSON.stringify(rest).replace('{', `{"variables": ${variables},`)}]}`;
    const { body } = await stage.admin.post<RecordAnswer>(RECORD, text);
    const ids = body.recorded.map(({ execution_id: id }) => id);
    expect(ids).toHaveLength(2);
    const rows = await stage.sql<{ text: string }>(
      'SELECT variables_json::text AS text FROM execution_inputs WHERE execution_id = ANY ($1) ORDER BY execution_id',
      [ids],
    );
    expect(rows.map((row) => row.text)).toEqual(['{"name":"John"}', variables]);
  });

  it('has its answer cut where the ledger cuts its own, at a whole character', async () => {
    const text = 'é'.repeat(2000);
    expect(await recordOne(stage, { ...ENTRY, response_text: text })).toMatchObject({
      response_text: 'é'.repeat(1024),
      response_truncated: true,
      response_sha256: sha256(text),
    });
  });

  it('may be as old or as new as it says', async () => {
    const times = ['0001-01-01T00:00:00.000Z', '1969-07-20T20:17:40.000Z', '9999-12-31T23:59:59.999Z'];
    const { recorded } = await record(stage, ...times.map((time) => ({ ...ENTRY, started_at: time })));
    const executions = await Promise.all(
      recorded.map(({ execution_id: id }) => getExecution(stage.admin, id)),
    );
    expect(executions.map((each) => each['started_at'])).toEqual(times);
  });
});

describe('its version', () => {
  it.each([
    ['the active one', {}, 2, 'pointer'],
    ['a number', { version_number: 1 }, 1, 'version_number'],
    ['a hash', { template_hash: 0 }, 1, 'template_hash'],
    ['both, when they agree', { version_number: 2, template_hash: 1 }, 2, 'template_hash'],
  ])('may be named by %s', async (_what, named, number, resolvedBy) => {
    const hash = 'template_hash' in named ? { template_hash: hashes[named.template_hash ?? 0] } : {};
    const execution = await recordOne(stage, { ...ENTRY, ...named, ...hash });
    expect(execution).toMatchObject({ version_number: number, checksum_hash: hashes[number - 1] });
    const [row] = await stage.sql('SELECT resolved_by FROM executions_all WHERE execution_id = $1', [
      execution.execution_id,
    ]);
    expect(row).toEqual({ resolved_by: resolvedBy });
  });

  it('is the one that an answered PUT has just made active', async () => {
    for (const text of ['One {{name}}', 'Two {{name}}', 'Three {{name}}']) {
      const { version } = await putPrompt(stage.admin, 'moving', text);
      const { version_number: number } = version;
      expect(await recordOne(stage, { ...ENTRY, prompt_name: 'moving' })).toMatchObject({
        version_number: number,
      });
    }
  });
});

describe('a call', () => {
  it('may have a hundred, in several MiB, each under an id in the order sent', async () => {
    const executions = Array.from({ length: 100 }, (_, index) => ({
      ...ENTRY,
      variables: { name: `${index} ${'v'.repeat(20_000)}` },
      correlation_id: `of a hundred ${index}`,
      response_text: 'r'.repeat(40_000),
    }));
    const { status, body } = await send(stage, executions);
    expect([status, body.rejected]).toEqual([200, []]);
    expect(body.recorded.map(({ index }) => index)).toEqual(executions.map((_, index) => index));
    const ids = body.recorded.map(({ execution_id: id }) => id);
    expect([...new Set(ids)].sort()).toEqual(ids);
    expect(await getExecution(stage.admin, ids[99] ?? '')).toMatchObject({
      correlation_id: 'of a hundred 99',
      response_truncated: true,
    });
  });

  it('is about the prompts of its own project, and what it records is not there for another', async () => {
    const before = await rowCounts(stage);
    const theirs = await send({ admin: foreign }, [ENTRY], {});
    expect(theirs.body).toMatchObject({ recorded: [], rejected: [{ index: 0, code: 'PROMPT_NOT_FOUND' }] });
    expect(await rowCounts(stage)).toEqual(before);
    const { execution_id: id } = await recordOne(stage, ENTRY);
    expectProblem(await foreign.get(`/v1/executions/${id}`), 404, 'EXECUTION_NOT_FOUND');
  });

  it('leaves nothing to cancel, and nobody to call', async () => {
    const { execution_id: id } = await recordOne(stage, ENTRY);
    expectProblem(await stage.admin.post(`/v1/executions/${id}:cancel`), 409, 'EXECUTION_FINAL');
    expect(stage.openai.requests).toEqual([]);
  });
});

describe('what a recorded execution cost', () => {
  const price = async (from: string, input: string, cached: string | null) =>
    stage.admin.post<{ price_id: string }>('/v1/prices', {
      provider: 'acme',
      model_name: 'priced',
      input_usd_per_mtok: input,
      cached_input_usd_per_mtok: cached,
      output_usd_per_mtok: '10',
      valid_from: from,
    });
  const entry = (startedAt: string, usage: ApiBody) => ({
    ...ENTRY,
    model: { provider: 'acme', model_name: 'priced' },
    started_at: startedAt,
    usage,
  });

  it('is counted by the price of that time, its cached tokens as each vendor tells of them', async () => {
    const { body: old } = await price('2026-01-01T00:00:00Z', '1', null);
    const { body: current } = await price('2026-11-01T00:00:00Z', '2', '0.5');
    const told = { prompt_tokens: 100, response_tokens: 10 };
    const cached = [
      { prompt_tokens_details: { cached_tokens: 40 } },
      { cache_read_input_tokens: 40 },
      { cachedContentTokenCount: 40 },
    ];
    expect(await recordOne(stage, entry('2026-05-01T00:00:00Z', told))).toMatchObject({
      cost_usd: '0.0002',
      cost_pico_usd: '200000000',
      price_id: old.price_id,
    });
    for (const raw of cached) {
      expect(await recordOne(stage, entry('2026-11-24T00:00:00Z', { ...told, raw }))).toMatchObject({
        cost_usd: '0.00024',
        price_id: current.price_id,
        telemetry: { cached_prompt_tokens: 40 },
        attempts: [{ cost_usd: '0.00024', prompt_tokens: 100, price_id: current.price_id }],
      });
    }
  });

  it.each<[string, ApiBody, (number | null)[]]>([
    [
      'Anthropic’s cache beside the input that an older client reports',
      {
        prompt_tokens: 12,
        response_tokens: 5,
        raw: { input_tokens: 12, cache_read_input_tokens: 2048, output_tokens: 5 },
      },
      [2060, 5, 2048, null],
    ],
    [
      'reasoning beside the completion, in the vendor’s words alone',
      {
        raw: {
          prompt_tokens: 32,
          completion_tokens: 9,
          total_tokens: 1041,
          completion_tokens_details: { reasoning_tokens: 1000 },
        },
      },
      [32, 1009, null, 1000],
    ],
    [
      'counts of the client’s own, where the vendor’s words say nothing',
      { prompt_tokens: 7, response_tokens: 3, raw: { tokens: 'some' } },
      [7, 3, null, null],
    ],
    [
      'numbers that are none',
      { raw: { prompt_tokens: -1, completion_tokens: '9' } },
      [null, null, null, null],
    ],
  ])(
    'counts %s',
    async (_what, usage, [prompt_tokens, response_tokens, cached_prompt_tokens, reasoning_tokens]) => {
      expect(await recordOne(stage, entry('2026-11-24T00:00:00Z', usage))).toMatchObject({
        telemetry: { prompt_tokens, response_tokens, cached_prompt_tokens, reasoning_tokens },
      });
    },
  );

  it('keeps an answer of nothing but calls of tools', async () => {
    const tool_calls = [
      { id: 'a', name: 'get_weather', arguments: '{"city":"Zürich"}' },
      { name: 'get_time', arguments: '{}' },
    ];
    expect(
      await recordOne(stage, { ...ENTRY, response_text: null, finish_reason: 'tool_calls', tool_calls }),
    ).toMatchObject({
      status: 'succeeded',
      response_text: '',
      response_sha256: sha256(''),
      tool_calls: [tool_calls[0], { id: 'call_1', ...tool_calls[1] }],
    });
  });

  it('is unknown where a count, or the price, is', async () => {
    const nothing = { cost_usd: null, cost_pico_usd: null, price_id: null };
    const half = { prompt_tokens: 100, response_tokens: null };
    expect(await recordOne(stage, entry('2026-11-24T00:00:00Z', half))).toMatchObject(nothing);
    const whole = { prompt_tokens: 100, response_tokens: 10 };
    expect(await recordOne(stage, entry('2025-12-31T00:00:00Z', whole))).toMatchObject(nothing);
  });
});
