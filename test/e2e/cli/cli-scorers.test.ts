import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cliOf } from '../cli.js';
import { ANY_ID, ECHO, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;
let folder: string;

beforeAll(async () => {
  stage = await startStage();
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-scorers-'));
  await putPrompt(stage.admin, 'say', '{{text}}');
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
});

describe('prompt-ledger', () => {
  it('puts scorers, lists them, and scores by them', async () => {
    const cli = cliOf(stage, { cwd: folder });
    await writeFile(
      path.join(folder, 'short.js'),
      '({ response_text }) => ({ value: response_text.length < 10 ? 1 : 0, explanation: "counted" })',
    );
    await writeFile(path.join(folder, 'stars.yaml'), 'kind: human\nmin: 1\nmax: 5\nthreshold: 4\n');
    await writeFile(path.join(folder, 'helpful.json'), '{"kind":"human","labels":{"good":true,"bad":false}}');
    expect(await cli(['scorer', 'put', 'short.js'])).toMatchObject({
      code: 0,
      stdout: 'short: version 1.\n',
    });
    expect((await cli(['scorer', 'put', 'short.js'])).stdout).toBe('short: version 1, as before.\n');
    expect((await cli(['scorer', 'put', 'stars.yaml'])).code).toBe(0);
    expect((await cli(['scorer', 'put', 'helpful.json', '--name', 'team/helpful'])).code).toBe(0);
    expect(await cli(['scorer', 'put', '-', '--name', 'odd'], { input: 'kind: odd' })).toMatchObject({
      code: 1,
    });
    const listed = (await cli(['scorer', 'list', '--kind', 'human'])).stdout;
    expect(listed).toContain('stars');
    expect(listed).toContain('team/helpful');
    expect(listed).not.toContain('short');

    const made = await stage.admin.post<{ execution_id: string }>('/v1/executions:run', {
      prompt_name: 'say',
      variables: { text: 'a long answer' },
      model: ECHO,
    });
    const id = made.body.execution_id;
    const given = await cli(['score', id, '--scorer', 'stars', '--value', '4.5', '--explanation', 'Nice']);
    expect(given).toMatchObject({ code: 0, stderr: '' });
    expect(given.stdout.trim()).toEqual(ANY_ID);
    expect((await cli(['score', id, '--scorer', 'team/helpful', '--label', 'good'])).code).toBe(0);
    expect(await cli(['score', id, '--scorer', 'short'])).toMatchObject({
      code: 1,
      stdout: 'fail 0\ncounted\n',
    });
    expect(await cli(['score', id, '--scorer', 'stars', '--value', '9'])).toMatchObject({ code: 1 });
    await cli(['scorer', 'put', '-', '--name', 'same'], { input: '{"kind":"check","check":"equals"}' });
    expect(await cli(['score', id, '--scorer', 'same'])).toMatchObject({ code: 2, stdout: '' });
    expect(
      await cli(['score', id, '--scorer', 'same', '--expected', '"a long answer"', '--keep']),
    ).toMatchObject({
      code: 0,
      stdout: 'pass 1\n',
    });
    expect((await stage.admin.get(`/v1/scores?execution_id=${id}`)).body['scores']).toHaveLength(3);
    expect((await cli(['scorer', 'delete', 'same'])).stdout).toBe('same is deleted; its scores stay.\n');
  });
});
