import { bucketUnit } from '../../../src/bucketing/index.js';
import { api, type ApiBody, type ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { findInDatabase } from '../../support/database/find-in-database.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { otherProject } from '../other-project.js';
import {
  ADMIN_KEY,
  ECHO,
  expectProblem,
  getExecution,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  UNKNOWN_ID,
  untilFinal,
} from '../stage.js';

const RUN = '/v1/executions:run';
const PERCENT = 30;

let stage: Stage;
/** Another process on the same database. */
let other: LedgerProcess;
let prompts = 0;

beforeAll(async () => {
  stage = await startStage({ POLL_INTERVAL_MS: '50' });
  other = await startLedger({ env: stage.env });
});
afterAll(async () => {
  await other.stop();
  await stage.close();
});

interface Started {
  readonly name: string;
  readonly id: string;
}

/** Makes two versions, of which the first runs, and rolls out the second. */
async function startRollout(environment = 'default', percent = PERCENT): Promise<Started> {
  prompts += 1;
  const name = `split/${prompts}`;
  await putPrompt(stage.admin, name, 'control {{text}}');
  await putPrompt(stage.admin, name, 'candidate {{text}}', { set_active: false });
  if (environment !== 'default') {
    const pointer = `${promptPath(name)}/environments/${environment}`;
    await stage.admin.put(pointer, { version_number: 1 });
  }
  const made = await stage.admin.post<{ rollout_id: string }>('/v1/rollouts', {
    name: 'split',
    prompt_name: name,
    environment,
    candidate: { version_number: 2 },
    steps: [{ percent }, { percent: 50 }].slice(0, percent < 50 ? 2 : 1),
    primary: { metric: 'error_rate' },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const id = made.body.rollout_id;
  await act(id, 'start');
  return { name, id };
}

async function act(id: string, verb: string): Promise<ApiBody> {
  const answer = await stage.admin.post(`/v1/rollouts/${id}:${verb}`, { reason: 'test' });
  if (answer.status !== 200) throw new Error(`${verb}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Returns the arm that the contract gives a key. */
function expectedArm(id: string, key: string, percent = PERCENT): 'control' | 'candidate' {
  return bucketUnit(id, key) < percent / 100 ? 'candidate' : 'control';
}

/** Finds a key of each arm, while the candidate has this share. */
function keysOf(id: string, percent = PERCENT): { readonly control: string; readonly candidate: string } {
  const keys = Array.from({ length: 200 }, (_, nth) => `user-${nth}`);
  const find = (arm: string) => keys.find((key) => expectedArm(id, key, percent) === arm) as string;
  return { control: find('control'), candidate: find('candidate') };
}

const bodyOf = (name: string, more: ApiBody = {}) => ({
  prompt_name: name,
  variables: { text: 'x' },
  model: ECHO,
  ...more,
});

/** Fails after its first call. */
const FAILING = { model: 'echo/echo-fail-500', max_attempts: 1 };

const run = (client: ApiClient, name: string, more: ApiBody = {}) => client.post(RUN, bodyOf(name, more));

describe('the split', () => {
  it('is by the key, the same in every process, and stands in answer, read and list', async () => {
    const { name, id } = await startRollout();
    const elsewhere = api(other.url, ADMIN_KEY);
    for (let nth = 0; nth < 12; nth += 1) {
      const unit_key = `unit ${nth}`;
      const arm = expectedArm(id, unit_key);
      const rollout = { rollout_id: id, arm, phase: 1, unit: 'unit_key' };
      const version_number = arm === 'control' ? 1 : 2;
      for (const client of [stage.admin, elsewhere]) {
        const { body } = await run(client, name, { unit_key });
        expect(body).toMatchObject({
          rollout,
          version_number,
          resolved_by: 'active',
          response_text: `${arm} x`,
        });
        expect(await getExecution(stage.admin, String(body['execution_id']))).toMatchObject({ rollout });
      }
    }
    const { body: page } = await stage.admin.get<{ executions: ApiBody[] }>(
      `/v1/executions?prompt_name=${encodeURIComponent(name)}`,
    );
    expect(page.executions).toHaveLength(24);
    expect(page.executions.every(({ rollout }) => (rollout as ApiBody)['rollout_id'] === id)).toBe(true);
  });

  it('is what executions are listed by, page by page', async () => {
    const { name, id } = await startRollout('default', 50);
    const other = await startRollout('default', 50);
    await run(stage.admin, other.name, { unit_key: 'elsewhere' });
    await run(stage.admin, name, { version_number: 2 });
    const asked = new Map<string, string[]>([
      ['control', []],
      ['candidate', []],
    ]);
    const { control, candidate } = keysOf(id, 50);
    for (let nth = 0; nth < 10; nth += 1) {
      const unit_key = nth % 3 === 0 ? control : candidate;
      // The last ones are listed while they wait or are called.
      const answer =
        nth < 8
          ? await run(stage.admin, name, { unit_key, ...(nth % 4 === 3 && FAILING) })
          : await stage.admin.post(
              '/v1/executions:submit',
              bodyOf(name, { unit_key, model: 'echo/echo-slow-200ms' }),
            );
      asked.get(expectedArm(id, unit_key, 50))?.unshift(String(answer.body['execution_id']));
    }
    const list = async (query: string, client = stage.admin): Promise<string[]> => {
      const ids: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { body: { executions: ApiBody[]; next_cursor: string | null } } = await client.get(
          `/v1/executions?${query}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        ids.push(...page.body.executions.map((execution) => String(execution['execution_id'])));
        cursor = page.body.next_cursor;
      }
      return ids;
    };
    const all = [...asked.values()].flat().sort().reverse();
    expect(all).toHaveLength(10);
    expect(await list(`rollout_id=${id}`)).toEqual(all);
    for (const [arm, ids] of asked) {
      expect(ids.length).toBeGreaterThan(0);
      expect(await list(`rollout_id=${id}&arm=${arm}`)).toEqual(ids);
    }
    const failed = await list(`rollout_id=${id}&status=failed`);
    expect(failed).toHaveLength(2);
    expect(all).toEqual(expect.arrayContaining(failed));
    expect(await list(`rollout_id=${UNKNOWN_ID}`)).toEqual([]);
    expect(await list(`rollout_id=${id}`, await otherProject(stage))).toEqual([]);
    const alone = await stage.admin.get('/v1/executions?arm=candidate');
    expectProblem(alone, 400, 'VALIDATION_FAILED');
    expect(alone.body['errors']).toMatchObject([{ pointer: '/arm' }]);
    for (const query of ['rollout_id=none', `rollout_id=${id}&arm=both`]) {
      expectProblem(await stage.admin.get(`/v1/executions?${query}`), 400, 'VALIDATION_FAILED');
    }
  });

  it('is made by every API', async () => {
    const { name, id } = await startRollout();
    const code = await stage.admin.post('/v1/prompts/register-code', {
      prompts: [{ name: `IN_CODE_${prompts}`, template_source: 'control {{text}}' }],
    });
    expect(code.status).toBe(200);
    for (const [arm, unit_key] of Object.entries(keysOf(id))) {
      const rollout = { rollout_id: id, arm, phase: 1, unit: 'unit_key' };
      const submitted = await stage.admin.post('/v1/executions:submit', bodyOf(name, { unit_key }));
      expect(submitted.body).toMatchObject({ status: 'queued', rollout });
      const final = await untilFinal(stage.admin, String(submitted.body['execution_id']));
      expect(final).toMatchObject({ rollout, response_text: `${arm} x` });

      const stream = await EventStreamClient.open(stage.ledger.url, bodyOf(name, { unit_key }), {
        apiKey: ADMIN_KEY,
      });
      const events = await stream.readAll();
      expect(events[0]?.data).toMatchObject({ rollout });
      expect(events.at(-1)?.data).toMatchObject({ rollout });

      const chat = await stage.admin.post('/openai/v1/chat/completions', {
        model: `prompt/${name}`,
        prompt_variables: { text: 'x' },
        prompt_model: 'echo/echo',
        user: 'somebody else',
        metadata: { unit_key, team: 'a' },
      });
      expect(chat.status).toBe(200);
      expect(Object.fromEntries(chat.headers)).toMatchObject({
        'x-rollout-id': id,
        'x-rollout-arm': arm,
        'x-rollout-phase': '1',
      });
      const byUser = await stage.admin.post('/openai/v1/chat/completions', {
        model: `prompt/${name}`,
        prompt_variables: { text: 'x' },
        prompt_model: 'echo/echo',
        user: unit_key,
      });
      expect(byUser.headers.get('x-rollout-arm')).toBe(arm);

      const failed = await stage.admin.post('/openai/v1/chat/completions', {
        model: `prompt/${name}`,
        prompt_variables: { text: 'x' },
        prompt_model: 'echo/echo-fail-500',
        user: unit_key,
      });
      expect(failed.status).toBe(500);
      expect(failed.body['error']).toMatchObject({ rollout });
      expect(Object.fromEntries(failed.headers)).toMatchObject({
        'x-rollout-id': id,
        'x-rollout-arm': arm,
        'x-rollout-phase': '1',
      });
    }
  });

  it('is made for each entry of a batch', async () => {
    const { name, id } = await startRollout();
    const keys = Array.from({ length: 20 }, (_, nth) => `entry ${nth}`);
    const entries = [
      ...keys.map((unit_key) => ({ unit_key, variables: { text: unit_key } })),
      { variables: { text: 'none' } },
    ];
    const batch = await stage.admin.post<{ execution_ids: string[] }>('/v1/executions:submit-batch', {
      prompt_name: name,
      model: ECHO,
      entries,
    });
    expect(batch.status).toBe(202);
    for (const [nth, executionId] of batch.body.execution_ids.entries()) {
      const execution = await untilFinal(stage.admin, executionId);
      const key = keys[nth];
      const rollout = execution['rollout'] as { arm: string; unit: string };
      if (key === undefined) expect(rollout.unit).toBe('request');
      else expect(rollout).toEqual({ rollout_id: id, arm: expectedArm(id, key), phase: 1, unit: 'unit_key' });
      expect(execution.response_text).toBe(`${rollout.arm} ${key ?? 'none'}`);
    }
  });

  it('is made of the prompts of code, too', async () => {
    prompts += 1;
    const name = `IN_CODE_${prompts}`;
    const register = (template_source: string) =>
      stage.admin.post('/v1/prompts/register-code', { prompts: [{ name, template_source }] });
    await register('candidate {{text}}');
    await register('control {{text}}');
    const made = await stage.admin.post<{ rollout_id: string }>('/v1/rollouts', {
      name: 'code',
      prompt_name: name,
      environment: 'default',
      candidate: { version_number: 1 },
      steps: [{ percent: PERCENT }],
      primary: { metric: 'error_rate' },
    });
    const id = made.body.rollout_id;
    await act(id, 'start');
    for (const [arm, unit_key] of Object.entries(keysOf(id))) {
      const { body } = await stage.admin.post(`${promptPath(name)}/execute`, {
        variables: { text: 'x' },
        model: ECHO,
        unit_key,
      });
      expect(body).toMatchObject({ response_text: `${arm} x`, rollout: { rollout_id: id, arm } });
    }
    // Deployed code moves the pointer.
    await register('another {{text}}');
    expect((await stage.admin.get(`/v1/rollouts/${id}`)).body).toMatchObject({ status: 'stopped' });
  });

  it('makes a request without a key a unit of its own', async () => {
    const { name } = await startRollout('default', 50);
    const arms = new Set<unknown>();
    for (let nth = 0; nth < 40 && arms.size < 2; nth += 1) {
      const { body } = await run(stage.admin, name);
      expect(body).toMatchObject({ rollout: { phase: 1, unit: 'request' } });
      arms.add((body['rollout'] as ApiBody)['arm']);
    }
    expect(arms.size).toBe(2);
  });

  it('leaves out what names its version, and prompts and environments without a rollout', async () => {
    const { name, id } = await startRollout('prod');
    const { candidate: unit_key } = keysOf(id);
    const outside = [
      { version_number: 1, environment: 'prod' },
      { version_number: 2, environment: 'prod' },
      { environment: 'dev' },
      {},
    ];
    for (const more of outside) {
      const { status, body } = await run(stage.admin, name, { unit_key, ...more });
      expect({ status, rollout: body['rollout'] }).toEqual({ status: 200, rollout: undefined });
    }
    const { body } = await run(stage.admin, name, { unit_key, environment: 'prod' });
    expect(body).toMatchObject({
      version_number: 2,
      rollout: { arm: 'candidate' },
      resolved_by: 'environment',
    });
  });

  it('counts what fails, what falls back and what is cached as it was assigned', async () => {
    const { name, id } = await startRollout();
    const { candidate: unit_key } = keysOf(id);
    const rollout = { rollout_id: id, arm: 'candidate', phase: 1, unit: 'unit_key' };
    const failed = await run(stage.admin, name, { unit_key, ...FAILING });
    expect(failed).toMatchObject({ status: 502, body: { rollout } });
    expect(await getExecution(stage.admin, String(failed.body['execution_id']))).toMatchObject({
      status: 'failed',
      rollout,
    });
    const fallen = await run(stage.admin, name, { unit_key, model: ['echo/echo-fail-500', 'echo/echo'] });
    expect(fallen.body).toMatchObject({ response_text: 'candidate x', rollout });
    const cached = { unit_key, cache: { ttl_s: 60 } };
    await run(stage.admin, name, cached);
    expect((await run(stage.admin, name, cached)).body).toMatchObject({ cache_hit: true, rollout });
  });

  it('leaves out what is refused, whichever arm refuses it', async () => {
    prompts += 1;
    const name = `split/${prompts}`;
    await putPrompt(stage.admin, name, 'control {{text}}');
    await putPrompt(stage.admin, name, 'candidate {{text}} {{tone}}', { set_active: false });
    const made = await stage.admin.post<{ rollout_id: string; warnings: string[] }>('/v1/rollouts', {
      name: 'needs more',
      prompt_name: name,
      environment: 'default',
      candidate: { version_number: 2 },
      steps: [{ percent: PERCENT }],
      min_units: 1,
      primary: { metric: 'error_rate' },
      guardrails: [{ metric: 'error_rate' }],
    });
    expect(made.body.warnings.join()).toContain('tone');
    const { rollout_id: id } = made.body;
    await act(id, 'start');
    const { control, candidate } = keysOf(id);
    for (let times = 0; times < 5; times += 1) {
      const refused = await run(stage.admin, name, { unit_key: candidate });
      expectProblem(refused, 422, 'TEMPLATE_VARIABLES_MISSING');
      expectProblem(
        await run(stage.admin, name, { unit_key: control, variables: {} }),
        422,
        'TEMPLATE_VARIABLES_MISSING',
      );
    }
    const answered = await run(stage.admin, name, { unit_key: control });
    expect(answered.status).toBe(200);
    const { body } = await stage.admin.get<{ executions: ApiBody[] }>(`/v1/executions?rollout_id=${id}`);
    expect(body.executions.map((each) => each['execution_id'])).toEqual([answered.body['execution_id']]);
    // Once the look has seen the answered execution, it has also seen everything earlier.
    await eventually(async () => {
      const { body: seen } = await stage.admin.get<{ phases: { arms: Record<string, ApiBody> }[] }>(
        `/v1/rollouts/${id}`,
      );
      const arms = seen.phases[0]?.arms;
      return arms?.['control']?.['executions'] === 1 && arms['candidate']?.['executions'] === 0;
    });
    expect((await stage.admin.get(`/v1/rollouts/${id}`)).body).toMatchObject({ status: 'running' });
  });

  it('ends everywhere at once, and what was candidate runs the control', async () => {
    const { name, id } = await startRollout('prod', 50);
    const keys = Object.values(keysOf(id, 50));
    const elsewhere = api(other.url, ADMIN_KEY);
    const runAll = async (): Promise<string[]> => {
      const answers = await Promise.all(
        [stage.admin, elsewhere].flatMap((client) =>
          keys.map((unit_key) => run(client, name, { unit_key, environment: 'prod' })),
        ),
      );
      return answers.map(({ body }) => String(body['response_text']));
    };
    expect(new Set(await runAll())).toEqual(new Set(['control x', 'candidate x']));
    await act(id, 'pause');
    expect(new Set(await runAll())).toEqual(new Set(['control x']));
    await act(id, 'resume');
    expect(new Set(await runAll())).toEqual(new Set(['control x', 'candidate x']));
    await act(id, 'roll-back');
    expect(new Set(await runAll())).toEqual(new Set(['control x']));
    const { body } = await stage.admin.get<{ moves: ApiBody[] }>(
      `${promptPath(name)}/moves?environment=prod`,
    );
    expect(body.moves[0]).toMatchObject({ from_version: 1, to_version: 1, reason: 'test' });
    // There is no move to take back.
    const back = await stage.admin.post(`${promptPath(name)}/environments/prod:rollback`, { reason: 'r' });
    expect(back.body).toMatchObject({ code: 'VERSION_NOT_FOUND' });
  });

  it('keeps no key in the clear, anywhere', async () => {
    const { name } = await startRollout();
    const unit_key = 'canary-of-a-unit-key';
    const headers = { 'idempotency-key': 'with-a-unit-key' };
    await stage.admin.post(RUN, bodyOf(name, { unit_key, cache: { ttl_s: 60 } }), headers);
    const again = await stage.admin.post(RUN, bodyOf(name, { unit_key, cache: { ttl_s: 60 } }), headers);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await stage.admin.post('/v1/executions:submit-batch', {
      prompt_name: name,
      model: ECHO,
      entries: [{ unit_key, variables: { text: 'x' } }],
    });
    await stage.admin.post('/openai/v1/chat/completions', {
      model: `prompt/${name}`,
      prompt_variables: { text: 'x' },
      prompt_model: 'echo/echo',
      metadata: { unit_key },
    });
    expect(await findInDatabase(stage.owner, [unit_key])).toEqual([]);
    expect(stage.ledger.logs.join('\n')).not.toContain(unit_key);
  });

  it.each([[''], ['x'.repeat(256)], [7], [['a']], [{}], [true], ['a\u0000b']])(
    'refuses %j as a key',
    async (unit_key) => {
      const { status, body } = await run(stage.admin, 'split/1', { unit_key });
      expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    },
  );

  it('takes null as left out, and refuses a key of what was recorded', async () => {
    const { name } = await startRollout();
    expect((await run(stage.admin, name, { unit_key: null })).body).toMatchObject({
      rollout: { unit: 'request' },
    });
    const recorded = await stage.admin.post('/v1/executions:record', {
      executions: [{ prompt_name: name, unit_key: 'a' }],
    });
    expect(recorded.status).toBe(400);
  });
});
