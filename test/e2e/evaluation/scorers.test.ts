import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { clientWith, otherProject } from '../other-project.js';
import {
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  putPrompt,
  type Stage,
  startStage,
  UNKNOWN_ID,
} from '../stage.js';

let stage: Stage;
let names = 0;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'say', '{{text}}');
});
afterAll(() => stage.close());

const newName = () => `scorer/${(names += 1)}`;
const pathOf = (name: string, more = '') => `/v1/scorers/${encodeURIComponent(name)}${more}`;
const put = (name: string, body: ApiBody | string, client: ApiClient = stage.admin) =>
  client.put(pathOf(name), body);

async function made(body: ApiBody | string): Promise<string> {
  const name = newName();
  const answer = await put(name, body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return name;
}

async function run(text: string, more: ApiBody = {}): Promise<string> {
  const body = { prompt_name: 'say', variables: { text }, model: ECHO, ...more };
  const answer = await stage.admin.post<{ execution_id: string }>('/v1/executions:run', body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.execution_id;
}

const score = (name: string, body: ApiBody | string) => stage.admin.post(pathOf(name, ':score'), body);

describe('a scorer', () => {
  it('has versions as a prompt has, under its checksum', async () => {
    const name = newName();
    const first = await put(name, { kind: 'check', check: 'contains', value: 'refund' });
    expect(first).toMatchObject({
      status: 200,
      body: {
        scorer: { scorer_id: ANY_ID, name, kind: 'check' },
        version: { version_number: 1, checksum_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        version_change: true,
        warnings: [],
      },
    });
    const second = await put(name, { kind: 'check', check: 'contains', value: 'money', negate: true });
    expect(second.body).toMatchObject({ version: { version_number: 2 }, version_change: true });
    const again = await put(name, {
      value: 'refund',
      negate: false,
      path: null,
      check: 'contains',
      kind: 'check',
    });
    expect(again.body).toEqual({ ...first.body, version_change: false });
    const versions = await stage.admin.get<ApiBody[]>(pathOf(name, '/versions'));
    expect(versions.body).toMatchObject([
      {
        version_number: 2,
        definition: { check: 'contains', value: 'money', negate: true },
        created_by: 'admin',
        created_at: ANY_TIME,
      },
      { version_number: 1, definition: { check: 'contains', value: 'refund' } },
    ]);
    const read = await stage.admin.get(pathOf(name));
    expect(read.body).toMatchObject({ name, kind: 'check', latest_version: { version_number: 2 } });
    const listed = await stage.admin.get<{ scorers: ApiBody[] }>('/v1/scorers?kind=check&limit=200');
    expect(listed.body.scorers).toContainEqual(read.body);
    const actions = await stage.sql(`SELECT action FROM audit_log WHERE subject = $1 ORDER BY audit_id`, [
      `scorer/${name}`,
    ]);
    expect(actions).toEqual([{ action: 'scorer.put' }, { action: 'scorer.put' }]);
  });

  it('keeps numbers as they were sent, and tells contents apart by them', async () => {
    const name = newName();
    const body = (number: string) => `{"kind":"check","check":"equals","value":{"n":${number},"10":1}}`;
    const first = await put(name, body('1.50'));
    const other = await put(name, body('12345678901234567891'));
    expect(first.body).toMatchObject({ version: { version_number: 1 } });
    expect(other.body).toMatchObject({ version: { version_number: 2 }, version_change: true });
    const answer = await fetch(`${stage.ledger.url}${pathOf(name, '/versions')}`, {
      headers: { 'x-api-key': stage.env['API_KEY'] ?? '' },
    });
    const text = await answer.text();
    expect(text).toContain('"value":{"n":12345678901234567891,"10":1}');
    expect(text).toContain('"value":{"n":1.50,"10":1}');
  });

  it('gets one version from twenty that put the same at once, and twenty numbers from different ones', async () => {
    const name = newName();
    const same = await Promise.all(
      Array.from({ length: 20 }, () => put(name, { kind: 'check', check: 'json_valid' })),
    );
    expect(new Set(same.map(({ body }) => (body['version'] as ApiBody)['version_number']))).toEqual(
      new Set([1]),
    );
    expect(same.filter(({ body }) => body['version_change'] === true)).toHaveLength(1);
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, nth) =>
        put(name, { kind: 'check', check: 'contains', value: `v${nth}` }),
      ),
    );
    const numbers = others.map(({ body }) => (body['version'] as { version_number: number }).version_number);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, nth) => nth + 2));
  });

  it('keeps its kind, and its name is free once it is deleted', async () => {
    const name = await made({ kind: 'human', labels: { good: true, bad: false } });
    expectProblem(await put(name, { kind: 'check', check: 'json_valid' }), 409, 'SCORER_KIND_MISMATCH');
    expect((await stage.admin.delete(pathOf(name))).status).toBe(204);
    expectProblem(await stage.admin.get(pathOf(name)), 404, 'SCORER_NOT_FOUND');
    expectProblem(await stage.admin.get(pathOf(name, '/versions')), 404, 'SCORER_NOT_FOUND');
    expectProblem(await stage.admin.delete(pathOf(name)), 404, 'SCORER_NOT_FOUND');
    expect((await put(name, { kind: 'check', check: 'json_valid' })).body).toMatchObject({
      version: { version_number: 1 },
    });
  });

  it.each<[string, ApiBody | string, string]>([
    ['no kind', {}, '/kind'],
    ['an odd kind', { kind: 'odd' }, '/kind'],
    ['an unknown field', { kind: 'check', check: 'json_valid', odd: 1 }, '/odd'],
    ['a field of another kind', { kind: 'check', check: 'json_valid', source: 'x' }, '/source'],
    ['no check', { kind: 'check' }, '/check'],
    ['an odd check', { kind: 'check', check: 'odd' }, '/check'],
    ['a value that nothing is compared with', { kind: 'check', check: 'json_valid', value: 1 }, '/value'],
    ['what every answer contains', { kind: 'check', check: 'contains', value: '' }, '/value'],
    ['no schema', { kind: 'check', check: 'json_schema' }, '/value'],
    ['a schema that is a list', { kind: 'check', check: 'json_schema', value: [] }, '/value'],
    ['a pattern that is a number', { kind: 'check', check: 'regex', value: 1 }, '/value'],
    ['a negative latency', { kind: 'check', check: 'max_latency_ms', value: -1 }, '/value'],
    ['a cost that is none', { kind: 'check', check: 'max_cost_usd', value: '1e3' }, '/value'],
    ['a path that is none', { kind: 'check', check: 'equals', value: 1, path: 'a[' }, '/path'],
    ['a path to a tool', { kind: 'check', check: 'tool_called', value: 'x', path: 'a' }, '/path'],
    ['a threshold of 0', { kind: 'check', check: 'levenshtein', value: 'x', threshold: 0 }, '/threshold'],
    ['a threshold of -1', { kind: 'code', source: '() => ({ value: 1 })', threshold: -1 }, '/threshold'],
    ['a threshold that nothing reaches', { kind: 'check', check: 'json_valid', threshold: 2 }, '/threshold'],
    ['a threshold that all reach', { kind: 'human', min: 1, max: 5, threshold: 1 }, '/threshold'],
    [
      'a threshold with labels',
      { kind: 'human', labels: { a: true, b: false }, threshold: 0.5 },
      '/threshold',
    ],
    ['labels that all pass', { kind: 'human', labels: { a: true } }, '/labels'],
    ['no labels', { kind: 'human', labels: {} }, '/labels'],
    ['a label that is no boolean', { kind: 'human', labels: { a: 1, b: false } }, '/labels/a'],
    ['neither labels nor a range', { kind: 'human' }, '/labels'],
    ['half a range', { kind: 'human', min: 1 }, '/max'],
    ['a range that is turned round', { kind: 'human', min: 5, max: 1 }, '/max'],
    ['a judge without a prompt', { kind: 'judge' }, '/prompt_name'],
    [
      'a judge on two models',
      { kind: 'judge', prompt_name: 'say', model: ['echo/echo', 'openai/gpt-4o'] },
      '/model',
    ],
    ['a judge on a route', { kind: 'judge', prompt_name: 'say', model: { route: 'r' } }, '/model'],
    [
      'another checksum',
      { kind: 'judge', prompt_name: 'say', prompt_checksum_hash: 'a'.repeat(64) },
      '/prompt_checksum_hash',
    ],
    ['a number without end', '{"kind":"human","min":0,"max":1e400}', '/max'],
    ['a key that is no key', '{"kind":"human","labels":{"__proto__":true,"b":false}}', '/labels'],
  ])('is refused with %s', async (_what, body, pointer) => {
    const answer = await put(newName(), body);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    const pointers = (answer.body['errors'] as { pointer: string }[]).map((error) => error.pointer);
    expect(pointers.some((each) => each.startsWith(pointer))).toBe(true);
  });

  it.each<[string, ApiBody, string]>([
    ['a pattern that does not parse', { kind: 'check', check: 'regex', value: '(a' }, '/value'],
    ['a pattern that looks ahead', { kind: 'check', check: 'regex', value: '(?=a)' }, '/value'],
    ['a schema that is none', { kind: 'check', check: 'json_schema', value: { type: 'odd' } }, '/value'],
    ['code that does not parse', { kind: 'code', source: '() => {' }, '/source'],
    ['code that is no function', { kind: 'code', source: '42' }, '/source'],
    ['code that loops when it is read', { kind: 'code', source: 'for (;;) {}' }, '/source'],
  ])('cannot be used with %s', async (_what, body, pointer) => {
    const answer = await put(newName(), body);
    expectProblem(answer, 422, 'SCORER_INVALID');
    expect((answer.body['errors'] as { pointer: string }[])[0]?.pointer).toMatch(new RegExp(`^${pointer}`));
  });

  it('that judges names a prompt, a version and a model that there are, and keeps them', async () => {
    const judge = (more: ApiBody) => put(newName(), { kind: 'judge', prompt_name: 'say', ...more });
    expectProblem(await judge({ prompt_name: 'nobody' }), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await judge({ version_number: 9 }), 404, 'VERSION_NOT_FOUND');
    expectProblem(await judge({ model: 'openai/no-such-model' }), 404, 'MODEL_NOT_FOUND');
    const name = await made({ kind: 'judge', prompt_name: 'say', params: { temperature: 0, top_p: null } });
    const { body } = await stage.admin.get<{ latest_version: { definition: ApiBody } }>(pathOf(name));
    expect(body.latest_version.definition).toEqual({
      prompt_name: 'say',
      version_number: 1,
      prompt_checksum_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      model: { provider: 'openai', model_name: 'gpt-4o-mini' },
      params: { temperature: 0 },
    });
    // A definition that was read can be put again, and gives the same version.
    expect((await put(name, { kind: 'judge', ...body.latest_version.definition })).body).toMatchObject({
      version: { version_number: 1 },
      version_change: false,
    });
  });

  it('says of a range in which every value passes that it probably is not meant', async () => {
    const answer = await put(newName(), { kind: 'human', min: 1, max: 5 });
    expect(answer.body['warnings']).toEqual([expect.stringContaining('set threshold')]);
  });
});

describe('a score by a check', () => {
  it('is looked at, and kept once', async () => {
    const name = await made({ kind: 'check', check: 'contains', value: 'refund' });
    const id = await run('You get a refund.');
    const looked = await score(name, { execution_id: id });
    expect(looked).toMatchObject({
      status: 200,
      body: {
        error: null,
        score: {
          score_id: null,
          execution_id: id,
          scorer: name,
          scorer_version: 1,
          source: 'check',
          value: 1,
          label: null,
          passed: true,
          explanation: null,
          judge_execution_id: null,
          created_by: 'admin',
          created_at: ANY_TIME,
        },
      },
    });
    expect((await stage.admin.get(`/v1/scores?execution_id=${id}`)).body).toEqual({
      scores: [],
      next_cursor: null,
    });
    const kept = await score(name, { execution_id: id, keep: true });
    const again = await score(name, { execution_id: id, keep: true });
    expect((kept.body['score'] as ApiBody)['score_id']).toEqual(ANY_ID);
    expect(again.body).toEqual(kept.body);
    expect((await stage.admin.get(`/v1/scores?execution_id=${id}`)).body['scores']).toEqual([
      kept.body['score'],
    ]);
  });

  it('compares with what is expected, and is an error when nothing is', async () => {
    const name = await made({ kind: 'check', check: 'equals' });
    const id = await run('{"n":1.0}');
    const value = async (more: string) => {
      const { body } = await score(name, `{"execution_id":"${id}"${more}}`);
      return (body['score'] as ApiBody | null)?.['value'] ?? (body['error'] as ApiBody)['type'];
    };
    expect(await value(',"expected":{"n":1}')).toBe(1);
    expect(await value(',"expected":{"n":12345678901234567890}')).toBe(0);
    expect(await value(',"expected":null')).toBe(0);
    expect(await value('')).toBe('expected_unusable');
  });

  it('is an error of an execution without an answer', async () => {
    const name = await made({ kind: 'check', check: 'json_valid' });
    const failed = await stage.admin.post('/v1/executions:run', {
      prompt_name: 'say',
      variables: { text: 'x' },
      model: 'echo/echo-fail-500',
    });
    const { body } = await score(name, { execution_id: failed.body['execution_id'] });
    expect(body).toMatchObject({ score: null, error: { type: 'no_answer', judge_execution_id: null } });
    expectProblem(await score(name, { execution_id: UNKNOWN_ID }), 404, 'EXECUTION_NOT_FOUND');
    expectProblem(await score('nobody', { execution_id: UNKNOWN_ID }), 404, 'SCORER_NOT_FOUND');
  });

  it('validates against a schema, and compares by a pattern, in a thread of its own', async () => {
    const schema = { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } };
    const fits = await made({ kind: 'check', check: 'json_schema', value: schema });
    const id = await run('{"a":"x"}');
    expect((await score(fits, { execution_id: id })).body).toMatchObject({
      score: { value: 0, passed: false, explanation: '/a must be a whole number.' },
    });
    const found = await made({ kind: 'check', check: 'regex', value: '"a":\\s*"x"' });
    expect((await score(found, { execution_id: id })).body).toMatchObject({ score: { value: 1 } });
  });
});

describe('a score by code', () => {
  it('is what the code returns, by the threshold of the scorer', async () => {
    const source =
      '({ response_text, variables }) => ({ value: response_text.length / variables.text.length, label: "l" })';
    const name = await made({ kind: 'code', source, threshold: 2 });
    const id = await run('four');
    expect((await score(name, { execution_id: id })).body).toMatchObject({
      score: { source: 'code', value: 1, label: 'l', passed: false },
    });
  });

  it('is an error when it loops, and nobody waits for it', async () => {
    const name = await made({ kind: 'code', source: '() => { for (;;) {} }' });
    const id = await run('x');
    const { body } = await score(name, { execution_id: id });
    expect(body).toMatchObject({ score: null, error: { type: 'code_out_of_bounds' } });
  });
});

describe('a score that is posted', () => {
  const labels = { kind: 'human', labels: { good: true, bad: false } };
  const post = (body: ApiBody, client: ApiClient = stage.admin) => client.post('/v1/scores', body);

  it('has a label or a value of the scorer, of any execution', async () => {
    const name = await made(labels);
    const stars = await made({ kind: 'human', min: 1, max: 5, threshold: 4 });
    const id = await run('x');
    const good = await post({ execution_id: id, scorer: name, label: 'good', explanation: 'Right' });
    expect(good).toMatchObject({
      status: 200,
      body: {
        score_id: ANY_ID,
        execution_id: id,
        scorer: name,
        scorer_version: 1,
        source: 'api',
        value: 1,
        label: 'good',
        passed: true,
        explanation: 'Right',
        judge_execution_id: null,
      },
    });
    const bad = await post({ execution_id: id.toUpperCase(), scorer: name, label: 'bad' });
    expect(bad.body).toMatchObject({ value: 0, label: 'bad', passed: false, explanation: null });
    const four = await post({ execution_id: id, scorer: stars, value: 4 });
    const three = await post({ execution_id: id, scorer: stars, value: 3.5 });
    expect([four.body['passed'], three.body['passed']]).toEqual([true, false]);
    const all = [three, four, bad, good].map(({ body }) => body);
    expect((await stage.admin.get(`/v1/scores?execution_id=${id}`)).body).toEqual({
      scores: all,
      next_cursor: null,
    });
    const page = await stage.admin.get(
      `/v1/scores?execution_id=${id}&scorer=${encodeURIComponent(name)}&limit=1`,
    );
    expect(page.body['scores']).toEqual([bad.body]);
    const cursor = String(page.body['next_cursor']);
    const next = await stage.admin.get(
      `/v1/scores?execution_id=${id}&scorer=${encodeURIComponent(name)}&limit=1&cursor=${cursor}`,
    );
    expect(next.body).toEqual({ scores: [good.body], next_cursor: null });
    // The scores stay under the name after the scorer is deleted, until another one takes it.
    await stage.admin.delete(pathOf(name));
    const listed = async () =>
      (await stage.admin.get(`/v1/scores?scorer=${encodeURIComponent(name)}`)).body['scores'];
    expect(await listed()).toEqual([bad.body, good.body]);
    await put(name, labels);
    expect(await listed()).toEqual([]);
    expect((await stage.admin.get('/v1/scores?scorer=nobody')).body).toEqual({
      scores: [],
      next_cursor: null,
    });
  });

  it('is refused when the scorer does not have it', async () => {
    const name = await made(labels);
    const stars = await made({ kind: 'human', min: 1, max: 5, threshold: 4 });
    const check = await made({ kind: 'check', check: 'json_valid' });
    const id = await run('x');
    const refused = async (body: ApiBody, pointer: string) => {
      const answer = await post({ execution_id: id, ...body });
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(answer.body['errors']).toMatchObject([{ pointer }]);
    };
    await refused({ scorer: name }, '/label');
    await refused({ scorer: name, value: 1 }, '/value');
    await refused({ scorer: name, label: 'Good' }, '/label');
    await refused({ scorer: name, label: 'constructor' }, '/label');
    await refused({ scorer: name, label: 'good', value: 1 }, '/value');
    await refused({ scorer: stars }, '/value');
    await refused({ scorer: stars, value: 6 }, '/value');
    await refused({ scorer: stars, value: '4' }, '/value');
    await refused({ scorer: stars, value: 4, label: 'good' }, '/label');
    await refused({ scorer: name, label: 'good', odd: 1 }, '/odd');
    await refused({ scorer: name, label: 'good', execution_id: 'odd' }, '/execution_id');
    expectProblem(await post({ execution_id: id, scorer: 'nobody', label: 'good' }), 404, 'SCORER_NOT_FOUND');
    expectProblem(
      await post({ execution_id: UNKNOWN_ID, scorer: name, label: 'good' }),
      404,
      'EXECUTION_NOT_FOUND',
    );
    expectProblem(
      await post({ execution_id: id, scorer: check, label: 'good' }),
      409,
      'SCORER_KIND_MISMATCH',
    );
    expectProblem(await score(name, { execution_id: id }), 409, 'SCORER_KIND_MISMATCH');
    for (const query of ['execution_id=odd', 'scorer=%20', 'limit=0', 'cursor=odd', 'odd=1']) {
      expectProblem(await stage.admin.get(`/v1/scores?${query}`), 400, 'VALIDATION_FAILED');
    }
    expect((await stage.admin.get(`/v1/scores?execution_id=${id}`)).body['scores']).toEqual([]);
  });

  it('happens once under its key, however often and however fast it is sent', async () => {
    const name = await made(labels);
    const id = await run('x');
    const body = { execution_id: id, scorer: name, label: 'good' };
    const headers = { 'idempotency-key': `feedback ${id}` };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => stage.admin.post('/v1/scores', body, headers)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.body['score_id'])).size).toBe(1);
    expect((await stage.admin.get(`/v1/scores?execution_id=${id}`)).body['scores']).toHaveLength(1);
    const other = await stage.admin.post('/v1/scores', { ...body, label: 'bad' }, headers);
    expectProblem(other, 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('needs its scope, and is of its project', async () => {
    const name = await made(labels);
    const id = await run('x');
    const body = { execution_id: id, scorer: name, label: 'good' };
    const writer = await clientWith(stage, ['scores:write']);
    expect((await post(body, writer)).status).toBe(200);
    expectProblem(await writer.get('/v1/scores'), 403, 'FORBIDDEN');
    const reader = await clientWith(stage, ['executions:list']);
    expectProblem(await post(body, reader), 403, 'FORBIDDEN');
    expect((await reader.get('/v1/scorers')).status).toBe(200);
    expectProblem(await put(name, labels, reader), 403, 'FORBIDDEN');
    const stranger = await otherProject(stage);
    expectProblem(await stranger.get(pathOf(name)), 404, 'SCORER_NOT_FOUND');
    expect((await stranger.get(`/v1/scores?execution_id=${id}`)).body['scores']).toEqual([]);
  });
});
