import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LedgerClient } from '../../../sdk/src/index.js';
import { cliOf } from '../cli.js';
import { putPrompts, requestFor, sendText, TOOLS, VALUES, within } from './exact-texts.js';
import { ADMIN_KEY, OPENAI, promptPath, type Stage, startStage } from '../stage.js';

let stage: Stage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-exact-'));
  stage = await startStage();
  await putPrompts(stage);
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => stage.openai.reset());

const send = (method: string, route: string, body?: string, headers?: Record<string, string>) =>
  sendText(stage, method, route, body, headers);
const received = () => stage.openai.requests.map(({ text }) => text);

describe('requests that differ only in what JavaScript would not tell apart', () => {
  const pairs: [string, string][] = [
    ['{"v":{"id":12345678901234567890}}', '{"v":{"id":12345678901234567000}}'],
    ['{"v":1.10}', '{"v":1.1}'],
    ['{"v":{"b":1,"10":2}}', '{"v":{"10":2,"b":1}}'],
    ['{"v":{"b":1,"a":2}}', '{"v":{"a":2,"b":1}}'],
    ['{"v":-0}', '{"v":0}'],
  ];

  it.each(pairs)('get no answer from the cache that is the other one’s: %s and %s', async (one, other) => {
    const cached = (variables: string) => requestFor('openai', variables, ',"cache":{"ttl_s":60}');
    const hitOf = async (variables: string) =>
      (
        JSON.parse((await send('POST', '/v1/executions:run', cached(variables))).text) as {
          cache_hit: boolean;
        }
      ).cache_hit;
    expect([await hitOf(one), await hitOf(other), await hitOf(one), await hitOf(other)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it.each(pairs.filter(([one]) => /\d\.\d|\d{16}|-0/.test(one)))(
    'are two under one idempotency key: %s and %s',
    async (one, other) => {
      const key = { 'idempotency-key': `exact ${one}` };
      const run = (variables: string) =>
        send('POST', '/v1/executions:run', requestFor('openai', variables), key);
      expect(await run(one)).toMatchObject({ status: 200 });
      expect(await run(other)).toMatchObject({ status: 422 });
      expect(await run(one)).toMatchObject({ status: 200 });
    },
  );
});

describe('the command line', () => {
  it('runs, shows, exports and imports JSON as it is', async () => {
    const cli = cliOf(stage);
    const [value = '', other = ''] = VALUES;
    const file = path.join(folder, 'variables.json');
    await writeFile(file, `{"v": ${value}, "unused": 1.0}`);
    const fromFile = await cli([
      'run',
      'show',
      '--model',
      'openai/gpt-4o-mini',
      '--vars-file',
      file,
      '--json',
    ]);
    const fromFlag = await cli([
      'run',
      'show',
      '--model',
      'openai/gpt-4o-mini',
      '--var',
      `v:=${other}`,
      '--json',
    ]);
    expect([fromFile.code, fromFlag.code]).toEqual([0, 0]);
    expect(received()).toEqual([value, other].map((text) => expect.stringContaining(within(text)) as string));

    const { execution_id: id } = JSON.parse(fromFlag.stdout) as { execution_id: string };
    const compact = (text: string) => text.replaceAll(/\n\s*|(?<=:) /g, '');
    expect(compact((await cli(['executions', 'show', id, '--json'])).stdout)).toContain(
      `"variables":{"v":${other}}`,
    );
    expect(compact((await cli(['executions', 'show', id])).stdout)).toContain(`{"v":${other}}`);

    const exported = path.join(folder, 'prompts');
    expect(await cli(['export', exported])).toMatchObject({ code: 0 });
    const text = await readFile(path.join(exported, 'tooled.prompt.md'), 'utf8');
    expect(text).toContain('maximum: 12345678901234567890');
    expect(text).toContain('multipleOf: 0.10');
    const before = (await send('GET', promptPath('tooled'))).text;
    const imported = await cli(['import', exported, '--json']);
    expect(JSON.parse(imported.stdout)).toMatchObject({
      prompts: expect.arrayContaining([
        expect.objectContaining({ name: 'tooled', result: 'unchanged' }),
      ]) as unknown,
    });
    await stage.admin.delete(promptPath('tooled'));
    expect(await cli(['import', exported])).toMatchObject({ code: 0 });
    const after = (await send('GET', promptPath('tooled'))).text;
    const hashOf = (prompt: string) => /"checksum_hash":"(\w+)"/.exec(prompt)?.[1];
    expect(hashOf(after)).toBe(hashOf(before));
    expect(after).toContain(`"tools":${TOOLS}`);
  });
});

describe('the client', () => {
  it('gives back to the ledger what it got from it', async () => {
    const ledger = new LedgerClient({ baseUrl: stage.ledger.url, apiKey: ADMIN_KEY });
    const { active_version: active } = await ledger.prompts.get('tooled');
    await ledger.prompts.put('copied', { template_source: 'x', tools: active?.tools, set_active: true });
    expect((await send('GET', promptPath('copied'))).text).toContain(`"tools":${TOOLS}`);
    const [value = ''] = VALUES;
    const run = await send('POST', '/v1/executions:run', requestFor('openai', `{"v":${value}}`));
    const { execution_id: id } = JSON.parse(run.text) as { execution_id: string };
    const { variables } = await ledger.executions.get(id);
    await ledger.executions.run({
      prompt_name: 'show',
      model: OPENAI,
      variables: variables ?? {},
    });
    expect(received()).toEqual(Array(2).fill(expect.stringContaining(within(value))));
  });

  it('refuses what is no JSON before anything is sent', async () => {
    const ledger = new LedgerClient({ baseUrl: stage.ledger.url, apiKey: ADMIN_KEY });
    const run = (v: unknown) => ledger.executions.run({ prompt_name: 'show', variables: { v } });
    await expect(run({ id: 1n })).rejects.toThrow('variables.v.id is a bigint');
    await expect(run([NaN])).rejects.toThrow('variables.v[0] is NaN');
    await expect(run([undefined])).rejects.toThrow('variables.v[0] is undefined');
  });
});
