import { type ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { promptPath, putPrompt, type Stage } from '../../e2e/stage.js';
import { expectMade } from '../../e2e/people.js';

/** Puts a prompt with two versions, the first of which runs in an environment. */
export async function putTwoVersions(stage: Stage, name: string, environment = 'staging'): Promise<void> {
  await putPrompt(stage.admin, name, 'Answer {{question}}');
  await stage.admin.put(`${promptPath(name)}/environments/${environment}`, { version_number: 1 });
  await stage.admin.put(promptPath(name), { template_source: 'Answer {{question}} briefly' });
}

/** @returns the id of a draft. */
export async function draftRollout(stage: Stage, promptName: string, more: ApiBody = {}): Promise<string> {
  const made = await stage.admin.post('/v1/rollouts', {
    name: `shorter ${promptName}`,
    prompt_name: promptName,
    environment: 'staging',
    candidate: { version_number: 2 },
    steps: [{ percent: 10 }, { percent: 50 }],
    min_units: 20,
    primary: { metric: 'error_rate', max_regression: 0.1 },
    guardrails: [{ metric: 'error_rate' }, { metric: 'latency_p50_ms', max_regression: 0.5 }],
    ...more,
  });
  return String(expectMade(made)['rollout_id']);
}

export async function startRollout(stage: Stage, promptName: string, more: ApiBody = {}): Promise<string> {
  const id = await draftRollout(stage, promptName, more);
  expectMade(await stage.admin.post(`/v1/rollouts/${id}:start`, {}), 200);
  return id;
}

/** Ends executions of an arm, as requests leave them. */
export async function endExecutions(
  stage: Stage,
  id: string,
  { arm, phase, count, failed }: { arm: string; phase: number; count: number; failed: number },
): Promise<void> {
  await stage.sql(
    `INSERT INTO executions (project_id, model_id, environment, execution_mode, status, latency_ms, rollout)
     SELECT r.project_id, m.model_id, r.environment, 'sync', CASE WHEN n <= $4 THEN 'failed' ELSE 'succeeded' END, 100 + n,
       jsonb_build_object('rollout_id', r.rollout_id, 'arm', $2::text, 'phase', $3::integer, 'unit', $2 || n || clock_timestamp(), 'bucket', 0.1)
     FROM rollouts r CROSS JOIN LATERAL (SELECT m.model_id FROM models m WHERE m.project_id = r.project_id LIMIT 1) AS m,
       generate_series(1, $5::integer) AS n WHERE r.rollout_id = $1`,
    [id, arm, phase, failed, count],
  );
}

/** Ends the same executions in both arms, so that only the next step can follow. @returns once a look has seen them. */
export async function endAlike(stage: Stage, id: string, phase: number, count: number): Promise<void> {
  const before = await countLooks(stage, id);
  for (const arm of ['control', 'candidate']) {
    await endExecutions(stage, id, { arm, phase, count, failed: Math.floor(count / 10) });
  }
  await eventually(async () => (await countLooks(stage, id)) > before);
}

async function countLooks(stage: Stage, id: string): Promise<number> {
  return Number((await stage.admin.get(`/v1/rollouts/${id}`)).body['look_count']);
}
