import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiBody } from '../../support/api-client.js';
import { cliOf } from '../cli.js';
import { ANY_ID, ECHO, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;
const file = path.join(tmpdir(), `rollout-${process.pid}.yaml`);

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'summary', 'control {{text}}');
  await putPrompt(stage.admin, 'summary', 'candidate {{text}}', { set_active: false });
});
afterAll(async () => {
  rmSync(file, { force: true });
  await stage.close();
});

const ROLLOUT = `
name: shorter summaries
prompt_name: summary
environment: default
candidate: { version_number: 2 }
steps: [{ percent: 10, hold_min: 60 }, { percent: 50 }]
min_units: 1
primary: { metric: error_rate }
guardrails: [{ metric: latency_p95_ms, max_regression: 0.2 }]
`;

describe('prompt-ledger rollout', () => {
  it('starts a rollout from a file, shows what it has shown, and ends it', async () => {
    const cli = cliOf(stage);
    writeFileSync(file, ROLLOUT);
    const started = await cli(['rollout', 'start', file, '--reason', 'as agreed']);
    expect(started).toMatchObject({ code: 0 });
    const id = started.stdout.trim();
    expect(id).toEqual(ANY_ID);
    expect(started.stderr).toContain('summary in default, version 1 → 2: running, step 1 of 2 at 10 %');
    const again = await cli(['rollout', 'start', file]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('ROLLOUT_ACTIVE');
    const [, draft] = /`rollout stop (\S+)` discards it/.exec(again.stderr) ?? [];
    expect((await cli(['rollout', 'stop', String(draft)])).stdout).toContain(': stopped');
    for (let nth = 0; nth < 10; nth += 1) {
      await stage.admin.post('/v1/executions:run', {
        prompt_name: 'summary',
        variables: { text: 'x' },
        model: ECHO,
        unit_key: `unit ${nth}`,
      });
    }
    const counts = await Promise.all(
      [[], ['--arm', 'control'], ['--arm', 'candidate']].map(async (arm) => {
        const { stdout } = await cli(['executions', 'list', '--rollout', id, ...arm, '--json']);
        return (JSON.parse(stdout) as unknown[]).length;
      }),
    );
    expect(counts).toEqual([10, 10 - (counts[2] as number), counts[2]]);
    const shown = await cli(['rollout', 'status', id]);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    for (const text of [
      'shorter summaries',
      'error_rate (primary)',
      'latency_p95_ms',
      'units of the control',
    ])
      expect(shown.stdout).toContain(text);
    expect((await cli(['rollout', 'list', '--prompt', 'summary'])).stdout).toContain('1 of 2');
    for (const [verb, status] of [
      ['pause', 'paused'],
      ['resume', 'running'],
      ['roll-back', 'rolled back'],
    ]) {
      expect((await cli(['rollout', String(verb), id, '--reason', 'r'])).stdout).toContain(`: ${status}`);
    }
    expect(await cli(['rollout', 'stop', id])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(ROLLOUT_FINAL)') as string,
    });
    const listed = await cli(['rollout', 'list', '--status', 'rolled_back', '--json']);
    expect(JSON.parse(listed.stdout) as ApiBody[]).toMatchObject([{ rollout_id: id }]);
  });

  it('asks for a change where the environment is protected, and says what is wrong with a file', async () => {
    const cli = cliOf(stage);
    await stage.admin.put('/v1/prompts/summary/environments/prod', { version_number: 1 });
    await stage.sql(`UPDATE environments SET protected = true, revision = revision + 1 WHERE name = 'prod'`);
    writeFileSync(file, JSON.stringify({ name: 'r', prompt_name: 'summary', environment: 'prod' }));
    expect((await cli(['rollout', 'start', file])).stderr).toContain('VALIDATION_FAILED');
    writeFileSync(file, ROLLOUT.replace('default', 'prod'));
    const drafted = await cli(['rollout', 'start', file, '--draft']);
    const started = await cli(['rollout', 'start', drafted.stdout.trim()]);
    expect(started).toMatchObject({
      code: 0,
      stdout: drafted.stdout,
      stderr: expect.stringContaining('The environment is protected') as string,
    });
    const { body } = await stage.admin.get<{ changes: ApiBody[] }>('/v1/changes?status=open');
    expect(body.changes).toMatchObject([{ kind: 'rollout', rollout_id: drafted.stdout.trim() }]);
    writeFileSync(file, '- a list');
    expect((await cli(['rollout', 'start', file])).stderr).toContain('is not a rollout');
  });
});
