import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiBody } from '../../support/api-client.js';
import { cliOf } from '../cli.js';
import { EXPERIMENTS, putItems, putScorer, startExperiment, untilOver } from './experiments.js';
import { ECHO, expectProblem, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;
let folder: string;

/** The baseline passes everywhere, and the candidate fails where an item says so. */
const items = (count: number, losses: number) =>
  Array.from({ length: count }, (_, at) => ({
    external_id: `i-${at}`,
    variables: { word: at < losses ? 'no' : 'yes' },
  }));

beforeAll(async () => {
  stage = await startStage();
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-gate-'));
  await putPrompt(stage.admin, 'gated', 'yes {{word}}');
  await putPrompt(stage.admin, 'gated', '{{word}}');
  await putPrompt(stage.admin, 'gated', '{{word}}, yes');
  await putScorer(stage.admin, 'says_yes', { kind: 'check', check: 'contains', value: 'yes' });
});
afterAll(() => stage.close());

const asked = (dataset: string, version = 2) => ({
  name: `gate on ${dataset}`,
  dataset: { name: dataset },
  candidates: [
    { label: 'a', prompt_name: 'gated', version_number: 1, model: ECHO },
    { label: 'b', prompt_name: 'gated', version_number: version, model: ECHO },
  ],
  scorers: [{ name: 'says_yes' }],
});

async function run(dataset: string, content: readonly ApiBody[], version = 2): Promise<string> {
  await putItems(stage.admin, dataset, content);
  const { experiment_id: id } = await startExperiment(stage.admin, asked(dataset, version));
  await untilOver(stage.admin, id);
  return id;
}

const gate = (id: string, ...more: string[]) =>
  cliOf(stage)(['eval', 'gate', id, '--baseline', 'a', '--candidate', 'b', '--scorer', 'says_yes', ...more]);

describe('prompt-ledger eval gate', () => {
  it.each([
    ['5 losses in 40 items', items(40, 5), 2],
    ['6 losses in 40 items', items(40, 6), 1],
    ['64 items without a flip', items(64, 0), 0],
    ['a missing variable, which is an error', [...items(64, 0), { variables: {} }], 2],
  ])('exits for %s', async (what, content, code) => {
    const id = await run(what.replaceAll(/\W/g, '-'), content);
    expect(await gate(id, '--max-drop', '0.03')).toMatchObject({ code });
  });

  it('allows the errors that it is told to', async () => {
    const id = await run('allowed', [...items(64, 0), { variables: {} }]);
    expect(await gate(id, '--max-drop', '0.03', '--max-errors', '1')).toMatchObject({ code: 2 });
    expect(await gate(id, '--max-drop', '0.03', '--max-errors', '2')).toMatchObject({ code: 0 });
  });

  it('cannot tell of an empty dataset, of what is not there, and without its options', async () => {
    await putItems(stage.admin, 'emptied', items(1, 0));
    const id = await run('emptied', []);
    expect(await gate(id, '--max-drop', '0.03')).toMatchObject({ code: 2 });
    expect(await gate('019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10', '--max-drop', '0.03')).toMatchObject({
      code: 2,
    });
    expect(await gate(id)).toMatchObject({ code: 2 });
    for (const drop of ['0', '-1', 'x'])
      expect(await gate(id, `--max-drop=${drop}`)).toMatchObject({ code: 2 });
  });

  it('writes what shows tests, a comment, and JSON', async () => {
    const id = await run('written', items(40, 6));
    const [junit, markdown] = [path.join(folder, 'gate.xml'), path.join(folder, 'comment.md')];
    const told = await gate(id, '--max-drop', '0.03', '--junit', junit, '--markdown', markdown, '--json');
    expect(told.code).toBe(1);
    expect(JSON.parse(told.stdout)).toMatchObject({
      experiment_id: id,
      exit_code: 1,
      gates: [{ scorer: 'says_yes', exit_code: 1, comparison: { verdict: 'worse', losses: 6 } }],
    });
    expect(await readFile(junit, 'utf8')).toContain('<testsuites tests="1" failures="1" errors="0">');
    expect(await readFile(markdown, 'utf8')).toMatch(/^- \*\*❌ fails\*\* by `says_yes`/);
  });
});

describe('a report that cannot be written', () => {
  // The device opens, but each write fails.
  const FULL = '/dev/full';

  it('keeps the verdict and its exit code', async () => {
    const id = await run('unwritable', items(40, 6));
    const told = await gate(id, '--max-drop', '0.03', '--junit', FULL, '--markdown', FULL, '--json');
    expect(told.code).toBe(1);
    expect(JSON.parse(told.stdout)).toMatchObject({ experiment_id: id, exit_code: 1 });
    expect(told.stderr.match(/^warning: \/dev\/full was not written: ENOSPC.*$/gm)).toHaveLength(2);
  });

  it.each(['--junit', '--markdown'])('stops before the experiment begins with %s', async (flag) => {
    await putItems(stage.admin, 'never', items(2, 0));
    const asked = path.join(folder, 'never.yaml');
    await writeFile(
      asked,
      'name: never\ndataset: never\ncandidates: [{label: a, prompt_name: gated}]\nscorers: [{name: says_yes}]\n',
    );
    const report = path.join(folder, 'nowhere', 'report');
    const told = await cliOf(stage)(['eval', 'run', asked, flag, report]);
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).toMatch(/^error: .*report cannot be written: ENOENT/);
    const { body } = await stage.admin.get<{ experiments: ApiBody[] }>(EXPERIMENTS);
    expect(body.experiments.filter(({ name }) => name === 'never')).toEqual([]);
  });

  it('leaves what is there until there is something to write', async () => {
    const kept = path.join(folder, 'kept.xml');
    await writeFile(kept, 'the last report');
    const absent = path.join(folder, 'absent.md');
    const unknown = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';
    const told = await gate(unknown, '--max-drop', '0.03', '--junit', kept, '--markdown', absent);
    expect(told.code).toBe(2);
    expect(await readFile(kept, 'utf8')).toBe('the last report');
    await expect(readFile(absent)).rejects.toThrow('ENOENT');
  });
});

describe('prompt-ledger eval run', () => {
  const write = async (name: string, text: string) => {
    const file = path.join(folder, name);
    await writeFile(file, text);
    return file;
  };
  const file = (dataset: string, version: number, rest = '') => `
name: from a file
dataset: ${dataset}
candidates:
  - {label: a, prompt_name: gated, version_number: 1, model: echo/echo}
  - {label: b, prompt_name: gated, version_number: ${version}, model: echo/echo}
scorers:
  - name: from_file
    kind: check
    check: contains
    value: 'yes'
${rest}`;
  const rule = 'gate: {baseline: a, candidate: b, max_drop: 0.03}';

  it('runs what a file says, and exits with the verdict of its gate', async () => {
    await putItems(stage.admin, 'filed', items(70, 20));
    const cli = cliOf(stage);
    const red = await cli(['eval', 'run', await write('red.yaml', file('filed', 2, rule))]);
    expect(red.code).toBe(1);
    expect(red.stdout).toContain('The candidate is worse by 0.2857');
    const green = await cli(['eval', 'run', await write('green.yaml', file('filed', 3, rule))]);
    expect(green.code).toBe(0);
    const plain = await cli(['eval', 'run', await write('plain.yaml', file('filed', 3)), '--json']);
    expect(plain.code).toBe(0);
    expect(JSON.parse(plain.stdout)).toMatchObject({ status: 'completed', summary: [{ n: 70 }, { n: 70 }] });
  });

  it.each([
    ['a threshold of 0', file('filed', 2, 'pass_threshold: 0')],
    ['a weight of 0', file('filed', 2, 'gate: {baseline: a, candidate: b, max_drop: 1, weight: 0}')],
    ['a dataset that is not there', file('none', 2, rule)],
    ['no YAML', '{'],
  ])('cannot tell with %s', async (_what, text) => {
    const told = await cliOf(stage)(['eval', 'run', await write('bad.yaml', text)]);
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).toMatch(/^error: /);
  });
});

describe('an experiment as evidence', () => {
  const PROD = '/v1/environments/release';
  const changeTo = async (version: number, evidence: string[]) => {
    const { body } = await stage.admin.post<{ change_id: string }>('/v1/changes', {
      prompt_name: 'gated',
      environment: 'release',
      version_number: version,
      reason: 'r',
      evidence: evidence.map((id) => ({ type: 'experiment', id })),
    });
    // Written into the table, because the approval must come from a key that the instance did not make.
    await stage.sql(
      `INSERT INTO change_reviews (project_id, change_id, reviewer, reviewer_name, key_id, verdict)
       SELECT project_id, $1, 'key:' || key_id, name, key_id, 'approved' FROM api_keys WHERE name = 'reviewer'`,
      [body.change_id],
    );
    await stage.sql(`UPDATE changes SET status = 'approved' WHERE change_id = $1`, [body.change_id]);
    return body.change_id;
  };
  const apply = (id: string, body: ApiBody = {}) => stage.admin.post(`/v1/changes/${id}:apply`, body);

  beforeAll(async () => {
    await stage.admin.post('/v1/keys', { name: 'reviewer', scopes: ['changes:approve'] });
    await stage.admin.put('/v1/prompts/gated/environments/release', { version_number: 1 });
    const rules = await stage.admin.put(PROD, {
      protected: true,
      evidence: { experiment: { dataset: 'proof', scorers: ['says_yes'], max_age_days: 14 } },
    });
    expect(rules.body).toMatchObject({
      evidence: {
        experiment: { dataset: 'proof', scorers: ['says_yes'], max_age_days: 14, verdict: 'no_difference' },
      },
    });
  });

  it('is demanded by the rules of the environment, and lets the change through', async () => {
    expectProblem(await apply(await changeTo(3, [])), 409, 'EVIDENCE_MISSING');
    const small = await run('proof', items(20, 0), 3);
    expectProblem(await apply(await changeTo(3, [small])), 409, 'EVIDENCE_MISSING');
    const elsewhere = await run('other-proof', items(80, 0), 3);
    expectProblem(await apply(await changeTo(3, [elsewhere])), 409, 'EVIDENCE_MISSING');
    const other = await run('proof', items(80, 0), 2);
    expectProblem(await apply(await changeTo(3, [other])), 409, 'EVIDENCE_MISSING');
    const proof = await run('proof', items(80, 0), 3);
    const applied = await apply(await changeTo(3, [small, proof]));
    expect(applied).toMatchObject({
      status: 200,
      body: { status: 'applied', evidence: [{}, { id: proof }] },
    });
  });

  it('says no for a version that is worse, and an emergency goes past it', async () => {
    const worse = await run('proof', items(80, 30), 2);
    const change = await changeTo(2, [worse]);
    const refused = await apply(change);
    expectProblem(refused, 409, 'EVIDENCE_MISSING');
    expect(refused.body).toMatchObject({ missing_scorers: ['says_yes'] });
    expect(await apply(change, { emergency: true, reason: 'r' })).toMatchObject({ status: 200 });
  });

  it('is named once, however its id is spelt', async () => {
    const { body } = await stage.admin.get<{ experiments: { experiment_id: string }[] }>(
      `${EXPERIMENTS}?limit=1`,
    );
    const id = body.experiments[0]!.experiment_id;
    const ask = (client: Pick<typeof stage.admin, 'post'>, ...ids: string[]) =>
      client.post('/v1/changes', {
        prompt_name: 'gated',
        environment: 'release',
        version_number: 1,
        reason: 'r',
        evidence: ids.map((each) => ({ type: 'experiment', id: each })),
      });
    const twice = await ask(stage.admin, id, id.toUpperCase());
    expectProblem(twice, 400, 'VALIDATION_FAILED');
    expect(twice.body).toMatchObject({ errors: [{ pointer: '/evidence/1' }] });
    expect(await ask(stage.admin, id.toUpperCase())).toMatchObject({
      status: 201,
      body: { evidence: [{ type: 'experiment', id }] },
    });
  });

  it.each([
    [{ experiment: { dataset: 'd', scorers: [] } }, '/evidence/experiment/scorers'],
    [{ experiment: { dataset: 'd', scorers: ['s'], verdict: 'worse' } }, '/evidence/experiment/verdict'],
    [{ experiment: { dataset: 'd', scorers: ['s'], max_age_days: 0 } }, '/evidence/experiment/max_age_days'],
    [{ review: {} }, '/evidence/review'],
    [[], '/evidence'],
  ])('is not demanded as %j', async (evidence, pointer) => {
    const answer = await stage.admin.put(PROD, { evidence });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    const errors = (answer.body as { errors: { pointer: string }[] }).errors.map((each) => each.pointer);
    expect(errors).toContain(pointer);
  });

  it('is demanded no more once the rules say so', async () => {
    expect((await stage.admin.put(PROD, { evidence: null })).body).toMatchObject({ evidence: null });
    expect((await stage.admin.get(`${EXPERIMENTS}?limit=1`)).body).toMatchObject({ experiments: [{}] });
  });
});
