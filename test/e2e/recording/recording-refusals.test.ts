import { randomUUID } from 'node:crypto';
import { api } from '../../support/api-client.js';
import { clientWith } from '../other-project.js';
import { ENTRY, FAILED, putGreetings, RECORD, record, recordOne, rowCounts, send } from './record-entries.js';
import { ADMIN_KEY, expectProblem, putPrompt, type Stage, startStage } from '../stage.js';

const RUN = '/v1/executions:run';

let stage: Stage;
let hashes: readonly string[];

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
  hashes = await putGreetings(stage);
});
afterAll(() => stage.close());

describe('what cannot be recorded', () => {
  it('is rejected alone: the others have happened, and are recorded', async () => {
    await stage.admin.put('/v1/prompts/dormant', { template_source: 'x' });
    const unknown = 'f'.repeat(64);
    const before = await rowCounts(stage);
    const { recorded, rejected } = await record(
      stage,
      { ...ENTRY, prompt_name: 'nobody' },
      ENTRY,
      { ...ENTRY, version_number: 3 },
      { ...ENTRY, template_hash: unknown },
      { ...ENTRY, version_number: 1, template_hash: hashes[1] },
      { ...ENTRY, prompt_name: 'dormant' },
      { ...ENTRY, variables: { nam: 'x' } },
      { ...ENTRY, variables: { name: 'x'.repeat(210 * 1024) } },
      { ...ENTRY, response_text: undefined, error_type: 'timeout', error_message: 'x' },
      { ...ENTRY, started_at: '9999-12-31T23:59:59.999Z', latency_ms: 1 },
      { ...ENTRY, started_at: '0000-01-01T00:00:00Z' },
      { ...ENTRY, usage: { raw: { text: 'x'.repeat(70_000) } } },
      { ...FAILED, variables: { name: 'Ada' } },
    );
    expect(recorded.map(({ index }) => index)).toEqual([1, 12]);
    expect(
      rejected.map(({ index, code, errors }) => [index, code, errors?.map(({ pointer }) => pointer)]),
    ).toEqual([
      [0, 'PROMPT_NOT_FOUND', undefined],
      [2, 'VERSION_NOT_FOUND', undefined],
      [3, 'VERSION_NOT_FOUND', undefined],
      [4, 'TEMPLATE_HASH_MISMATCH', ['/executions/4/template_hash']],
      [5, 'NO_ACTIVE_VERSION', undefined],
      [6, 'TEMPLATE_VARIABLES_MISSING', ['/executions/6/variables/name']],
      [7, 'RENDERED_PROMPT_TOO_LARGE', undefined],
      [
        8,
        'VALIDATION_FAILED',
        ['/executions/8/response_text', '/executions/8/error_type', '/executions/8/error_message'],
      ],
      [9, 'VALIDATION_FAILED', ['/executions/9/started_at']],
      [10, 'VALIDATION_FAILED', ['/executions/10/started_at']],
      [11, 'VALIDATION_FAILED', ['/executions/11/usage/raw']],
    ]);
    for (const { detail } of rejected) expect(detail).toMatch(/\S/);
    const more = (table: string, count: number) => ({ [table]: (before[table] ?? 0) + count });
    expect(await rowCounts(stage)).toEqual({
      ...before,
      ...more('executions_all', 2),
      ...more('execution_inputs', 2),
      ...more('execution_outputs', 1),
      ...more('execution_attempts_all', 2),
    });
  });

  const cases: [string, unknown, string[]][] = [
    ['nothing', [], ['/executions']],
    ['no list', 7, ['/executions']],
    ['more than a hundred', Array.from({ length: 101 }, () => ENTRY), ['/executions']],
    ['an entry that is none', [ENTRY, 7], ['/executions/1']],
    ['what is missing', [{}], ['model', 'prompt_name', 'started_at', 'status'].map(of(0))],
    [
      'wrong types',
      [
        ENTRY,
        {
          ...ENTRY,
          prompt_name: 'a b',
          version_number: '1',
          template_hash: 'ABC',
          variables: [],
          model: { provider: 'openai' },
          params: { temperature: 3 },
          response_text: 7,
          finish_reason: {},
          usage: { prompt_tokens: -1, response_tokens: 1.5, raw: [] },
          latency_ms: -1,
          provider_request_id: 'x'.repeat(256),
          started_at: 'yesterday',
        },
      ],
      [
        'finish_reason',
        'latency_ms',
        'model/model_name',
        'params/temperature',
        'prompt_name',
        'provider_request_id',
        'response_text',
        'started_at',
        'template_hash',
        'usage/prompt_tokens',
        'usage/raw',
        'usage/response_tokens',
        'variables',
        'version_number',
      ].map(of(1)),
    ],
    [
      'words that there are not',
      [{ ...ENTRY, status: 'running', error_type: 'bad luck' }],
      ['error_type', 'status'].map(of(0)),
    ],
    ['unknown fields', [{ ...ENTRY, usage: { total: 1 }, colour: 1 }], ['colour', 'usage/total'].map(of(0))],
    ['a NUL', [{ ...ENTRY, response_text: 'a\0' }], ['/executions/0/response_text']],
    ['half a character', [ENTRY, { ...ENTRY, error_message: 'a\ud800' }], ['/executions/1/error_message']],
  ];

  function of(index: number) {
    return (member: string) => `/executions/${index}/${member}`;
  }

  it.each(cases)('(%s) is malformed and refuses the whole call', async (_what, executions, pointers) => {
    const before = await rowCounts(stage);
    const refused = await send(stage, executions, { 'idempotency-key': 'of what is malformed' });
    expectProblem(refused, 400, 'VALIDATION_FAILED');
    const errors = refused.body['errors'] as { pointer: string }[];
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([...pointers].sort());
    expect(await rowCounts(stage)).toEqual(before);
  });
});

describe('a model that is not allowed', () => {
  const seen = { provider: 'acme', model_name: 'acme/large@1' };
  const path = '/v1/models/acme/acme%2Flarge%401';
  const run = () => stage.admin.post(RUN, { prompt_name: 'greeting', variables: { name: 'x' }, model: seen });
  const isListed = async () => {
    const { body } = await stage.admin.get<{ data: { id: string }[] }>('/v1/models');
    return body.data.some(({ id }) => id === 'acme/acme/large@1');
  };
  const rows = () => stage.sql(`SELECT allowed, max_tokens FROM models WHERE provider = 'acme'`);

  it('may have been asked by somebody else, and stays as forbidden as it was', async () => {
    const many = Array.from({ length: 20 }, () =>
      send(stage, [ENTRY, { ...ENTRY, model: seen }, { ...ENTRY, model: seen }]),
    );
    for (const answer of await Promise.all(many)) expect(answer.body.recorded).toHaveLength(3);
    expect(await rows()).toEqual([{ allowed: false, max_tokens: null }]);
    expect(await recordOne(stage, { ...ENTRY, model: seen })).toMatchObject({ model: seen });
    expect(await isListed()).toBe(false);
    expectProblem(await run(), 404, 'MODEL_NOT_FOUND');
  });

  it('is allowed by a PUT, and stays so whatever is recorded', async () => {
    expect((await stage.admin.put(path, { max_tokens: 7 })).status).toBe(200);
    await record(stage, { ...ENTRY, model: seen });
    expect(await isListed()).toBe(true);
    expect(await rows()).toEqual([{ allowed: true, max_tokens: 7 }]);
    // The provider has no adapter here, and only an allowed model needs one.
    expect((await run()).body['code']).not.toBe('MODEL_NOT_FOUND');
  });
});

describe('the idempotency key', () => {
  const key = () => ({ 'idempotency-key': randomUUID() });

  it('gets the first answer again, byte for byte, what was rejected included', async () => {
    const headers = { ...key(), 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };
    const text = JSON.stringify({ executions: [ENTRY, { ...ENTRY, prompt_name: 'later' }] });
    const post = (body: string) => fetch(`${stage.ledger.url}${RECORD}`, { method: 'POST', headers, body });
    const first = await post(text);
    const bytes = await first.text();
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null]);
    // The rejected entry would succeed now, but the stored answer is repeated.
    await putPrompt(stage.admin, 'later', 'Hello {{name}}');
    const before = await rowCounts(stage);
    const again = await post(JSON.stringify(JSON.parse(text), null, 2));
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(await again.text()).toBe(bytes);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(await rowCounts(stage)).toEqual(before);
    const other = await stage.admin.post(RECORD, { executions: [ENTRY] }, headers);
    expectProblem(other, 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('records once what is sent many times at once', async () => {
    const headers = key();
    const before = await rowCounts(stage);
    const executions = [ENTRY, FAILED];
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(stage, executions, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const after = await rowCounts(stage);
    const written = (table: string) => (after[table] ?? 0) - (before[table] ?? 0);
    expect([
      written('executions_all'),
      written('execution_attempts_all'),
      written('idempotency_keys'),
    ]).toEqual([2, 2, 1]);
  });

  it('keeps the answer of a call of which nothing was recorded', async () => {
    const headers = key();
    const nobody = { ...ENTRY, prompt_name: 'not-there-yet' };
    const first = await send(stage, [nobody], headers);
    expect(first.body).toMatchObject({ recorded: [], rejected: [{ code: 'PROMPT_NOT_FOUND' }] });
    await putPrompt(stage.admin, 'not-there-yet', 'x');
    expect((await send(stage, [nobody], headers)).body).toEqual(first.body);
  });

  it('opens nothing to a caller without the scope', async () => {
    const headers = key();
    await send(stage, [ENTRY], headers);
    const reader = await clientWith(stage, ['executions:read', 'prompts:write']);
    expectProblem(await send({ admin: reader }, [ENTRY], headers), 403, 'FORBIDDEN');
    const runner = await clientWith(stage, ['executions:run']);
    expect((await send({ admin: runner }, [ENTRY], headers)).headers.get('idempotency-replayed')).toBe(
      'true',
    );
    expectProblem(await send({ admin: api(stage.ledger.url, null) }, [ENTRY], headers), 401, 'UNAUTHORIZED');
  });
});
