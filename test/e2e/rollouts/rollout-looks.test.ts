import { eventually } from '../../support/eventually.js';
import { cliOf } from '../cli.js';
import { otherProject } from '../other-project.js';
import { ECHO, expectProblem, putPrompt, type Stage, startStage, UNKNOWN_ID } from '../stage.js';

interface Detail {
  readonly rollout_id: string;
  readonly status: string;
  readonly look_count: number;
  readonly phases: readonly { arms: Record<'control' | 'candidate', { units: number; failed: number }> }[];
}

interface Looks {
  readonly looks: readonly { look: number; last_sequence: number; decision: { kind: string } }[];
  readonly next_cursor: string | null;
}

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

async function start(name: string): Promise<string> {
  for (const text of ['one', 'two']) await putPrompt(stage.admin, name, text);
  await stage.admin.put(`/v1/prompts/${name}/environments/staging`, { version_number: 1 });
  const made = await stage.admin.post<Detail>('/v1/rollouts', {
    name: 'looked at',
    prompt_name: name,
    environment: 'staging',
    candidate: { version_number: 2 },
    steps: [{ percent: 10 }, { percent: 50 }],
    min_units: 20,
    primary: { metric: 'error_rate' },
    guardrails: [{ metric: 'error_rate' }, { metric: 'latency_p50_ms', max_regression: 0.5 }],
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const { rollout_id: id } = made.body;
  const started = await stage.admin.post(`/v1/rollouts/${id}:start`, {});
  if (started.status !== 200) throw new Error(JSON.stringify(started.body));
  return id;
}

/** Writes ended executions as requests leave them. */
async function end(
  id: string,
  { arm, phase, count, failed }: { arm: string; phase: number; count: number; failed: number },
): Promise<void> {
  await stage.sql(
    `INSERT INTO executions (project_id, model_id, environment, execution_mode, status, latency_ms, rollout)
     SELECT r.project_id, m.model_id, r.environment, 'sync', CASE WHEN n <= $4 THEN 'failed' ELSE 'succeeded' END, 100 + n,
       jsonb_build_object('rollout_id', r.rollout_id, 'arm', $2::text, 'phase', $3::integer, 'unit', $2 || n, 'bucket', 0.1)
     FROM rollouts r CROSS JOIN LATERAL (SELECT m.model_id FROM models m WHERE m.project_id = r.project_id LIMIT 1) AS m,
       generate_series(1, $5::integer) AS n WHERE r.rollout_id = $1`,
    [id, arm, phase, failed, count],
  );
}

const read = async (id: string) => (await stage.admin.get<Detail>(`/v1/rollouts/${id}`)).body;

describe('a rollout that is looked at', () => {
  let id: string;

  beforeAll(async () => {
    id = await start('looked-at');
    await end(id, { arm: 'control', phase: 1, count: 30, failed: 1 });
    await end(id, { arm: 'candidate', phase: 1, count: 30, failed: 1 });
    await eventually(async () => (await read(id)).phases.length === 2);
    await end(id, { arm: 'control', phase: 2, count: 150, failed: 2 });
    await end(id, { arm: 'candidate', phase: 2, count: 150, failed: 140 });
    await eventually(async () => (await read(id)).status === 'rolled_back');
  });

  it('steps on and is rolled back by itself, and shows what each step has seen', async () => {
    const { phases, look_count: count } = await read(id);
    expect(phases.map(({ arms }) => [arms.control.units, arms.candidate.units])).toEqual([
      [30, 30],
      [150, 150],
    ]);
    expect(phases[1]?.arms.candidate.failed).toBe(140);
    const { looks } = (await stage.admin.get<Looks>(`/v1/rollouts/${id}/looks`)).body;
    expect(looks).toHaveLength(count);
    expect(looks[0]).toMatchObject({
      look: count,
      phase: 2,
      decision: { kind: 'guardrail', metrics: ['error_rate'] },
    });
    expect(looks.map(({ decision }) => decision.kind)).toContain('next_step');
  });

  it('lists looks and events in pages', async () => {
    const first = (await stage.admin.get<Looks>(`/v1/rollouts/${id}/looks?limit=1`)).body;
    expect(first.looks).toHaveLength(1);
    const next = await stage.admin.get<Looks>(`/v1/rollouts/${id}/looks?limit=1&cursor=${first.next_cursor}`);
    expect(next.body.looks[0]?.look).toBe((first.looks[0]?.look ?? 0) - 1);
    interface Events {
      events: { sequence: number; kind: string }[];
      next_cursor: string;
    }
    const page = (await stage.admin.get<Events>(`/v1/rollouts/${id}/events?limit=100`)).body;
    const rest = (
      await stage.admin.get<Events>(`/v1/rollouts/${id}/events?limit=5000&cursor=${page.next_cursor}`)
    ).body;
    const all = [...page.events, ...rest.events];
    expect(all.filter(({ kind }) => kind === 'exposure')).toHaveLength(360);
    expect(all.map(({ sequence }) => sequence)).toEqual(
      [...new Set(all.map(({ sequence }) => sequence))].sort((a, b) => a - b),
    );
    for (const query of ['limit=0', 'limit=5001', 'cursor=x', 'cursor=Ii0xIg', 'phase=1']) {
      expectProblem(await stage.admin.get(`/v1/rollouts/${id}/events?${query}`), 400, 'VALIDATION_FAILED');
    }
  });

  it('is verified from the record alone, and a look that was changed is found', async () => {
    const cli = cliOf(stage);
    const verified = await cli(['rollout', 'verify', id]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('all as recorded') as string });
    await stage.sql(
      `UPDATE rollout_looks SET figures = jsonb_set(figures::jsonb, '{units,candidate}', '151')::json
       WHERE rollout_id = $1 AND look = (SELECT max(look) FROM rollout_looks WHERE rollout_id = $1)`,
      [id],
    );
    const { look_count: count } = await read(id);
    const forged = await cli(['rollout', 'verify', id]);
    expect(forged).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`look ${count} /units/candidate: recorded 151, computed 150`) as string,
    });
    const json = JSON.parse((await cli(['rollout', 'verify', id, '--json'])).stdout) as object;
    expect(json).toMatchObject({
      differences: [{ look: count, pointer: '/units/candidate', recorded: 151, recomputed: 150 }],
    });
  });

  it('is not verified where it runs on after the look that has rolled it back', async () => {
    const cli = cliOf(stage);
    const setStatus = (status: string) =>
      stage.sql('UPDATE rollouts SET status = $2 WHERE rollout_id = $1', [id, status]);
    const { look_count: count } = await read(id);
    await setStatus('paused');
    const forged = await cli(['rollout', 'verify', id]);
    await setStatus('rolled_back');
    expect(forged).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        `look ${count} decided that it is rolled_back, and it is paused`,
      ) as string,
    });
  });

  it('is not verified where a look was deleted, be it the last one', async () => {
    const cli = cliOf(stage);
    const { look_count: count } = await read(id);
    const deleteLook = (look: number) =>
      stage.sql('DELETE FROM rollout_looks WHERE rollout_id = $1 AND look = $2', [id, look]);
    await deleteLook(1);
    expect(await cli(['rollout', 'verify', id])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('1 look is missing: 1\n') as string,
    });
    await deleteLook(count);
    expect((await read(id)).look_count).toBe(count);
    const json = await cli(['rollout', 'verify', id, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ missing_looks: [1, count] });
  });

  it('cannot be verified where there is none, or without a ledger', async () => {
    const cli = cliOf(stage);
    expect(await cli(['rollout', 'verify', UNKNOWN_ID])).toMatchObject({ code: 2, stdout: '' });
    expect(await cli(['rollout', 'verify', 'x'])).toMatchObject({ code: 2 });
    expect(await cli(['rollout', 'verify', id, '--url', 'http://127.0.0.1:1'])).toMatchObject({ code: 2 });
  });

  it('is not there for another project', async () => {
    const other = await otherProject(stage);
    for (const rest of ['', '/looks', '/events']) {
      expectProblem(await other.get(`/v1/rollouts/${id}${rest}`), 404, 'ROLLOUT_NOT_FOUND');
    }
  });
});

describe('requests that are split', () => {
  it('are counted for their arms, with what became of them', async () => {
    const name = 'really-split';
    for (const text of ['one', 'two']) await putPrompt(stage.admin, name, text);
    await stage.admin.put(`/v1/prompts/${name}/environments/staging`, { version_number: 1 });
    const made = await stage.admin.post<Detail>('/v1/rollouts', {
      name: 'split',
      prompt_name: name,
      environment: 'staging',
      candidate: { version_number: 2 },
      steps: [{ percent: 50 }],
      primary: { metric: 'outcome:resolved' },
    });
    const { rollout_id: id } = made.body;
    await stage.admin.post(`/v1/rollouts/${id}:start`, {});
    const executions: string[] = [];
    for (const key of ['a', 'b', 'c', 'd', 'a', null]) {
      const answer = await stage.admin.post<{ execution_id: string }>('/v1/executions:run', {
        prompt_name: name,
        environment: 'staging',
        variables: {},
        model: ECHO,
        ...(key === null ? {} : { unit_key: key }),
      });
      executions.push(answer.body.execution_id);
    }
    for (const execution_id of executions) {
      await stage.admin.post('/v1/outcomes', { execution_id, metric: 'resolved', value: true });
    }
    type Counted = Record<
      'control' | 'candidate',
      { executions: number; units: number; without_unit_key: number }
    >;
    interface Report {
      phases: { arms: Counted; comparisons: { arms: Record<string, { values: number }> }[] }[];
    }
    const sums = async () => {
      const [phase] = (await stage.admin.get<Report>(`/v1/rollouts/${id}`)).body.phases;
      const sum = (pick: (arm: 'control' | 'candidate') => number | undefined) =>
        (pick('control') ?? 0) + (pick('candidate') ?? 0);
      return {
        executions: sum((arm) => phase?.arms[arm].executions),
        units: sum((arm) => phase?.arms[arm].units),
        withoutKey: sum((arm) => phase?.arms[arm].without_unit_key),
        resolved: sum((arm) => phase?.comparisons[0]?.arms[arm]?.values),
      };
    };
    await eventually(async () => (await sums()).resolved === 5);
    expect(await sums()).toEqual({ executions: 6, units: 5, withoutKey: 1, resolved: 5 });
    expect((await cliOf(stage)(['rollout', 'verify', id])).code).toBe(0);
  });
});
