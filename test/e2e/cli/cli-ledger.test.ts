import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../support/servers/processes.js';
import { cliOf, type CliResult, runCli } from '../cli.js';
import { ADMIN_KEY, putPrompt, type Stage, startStage, UNKNOWN_ID } from '../stage.js';

let stage: Stage;
let cli: ReturnType<typeof cliOf>;
let folder: string;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: 'echo/echo' });
  cli = cliOf(stage);
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-cli-'));
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

const json = ({ code, stdout, stderr }: CliResult): unknown => {
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
};

describe('prompt-ledger prompts', () => {
  it('puts, lists, shows and compares', async () => {
    const put = await cli([
      'prompts',
      'put',
      'team/hello',
      '--text',
      'Hello {{name}}',
      '--team',
      'Mail',
      '--tag',
      'a',
      '--tag',
      'b',
      '--by',
      'ada',
    ]);
    expect(put).toEqual({ code: 0, stdout: 'team/hello: version 1 is new, and is active.\n', stderr: '' });
    const file = path.join(folder, 'hello.md');
    await writeFile(file, '---\ndescription: says hello\n---\nHi {{name}}\n');
    expect(
      json(await cli(['prompts', 'put', 'team/hello', '--file', file, '--no-activate', '--json'])),
    ).toMatchObject({
      version: { version_number: 2, status: 'draft' },
      version_change: true,
    });
    const [listed] = json(await cli(['prompts', 'list', '--prefix', 'team/', '--json'])) as unknown[];
    expect(listed).toMatchObject({
      name: 'team/hello',
      description: 'says hello',
      owner_team: 'Mail',
      tags: ['a', 'b'],
    });
    const shown = await cli(['prompts', 'show', 'team/hello']);
    expect(shown.stdout).toMatch(
      /^team\/hello \(full\)\nsays hello\nteam: Mail\ntags: a, b\nvariables: name\n\nVERSION .*\n2 +draft .*\n1 +active .* ada .*\n\nHello \{\{name\}\}\n$/,
    );
    expect((await cli(['prompts', 'show', 'team/hello', '--version', '2'])).stdout).toMatch(
      /version 2 \(draft\), checksum [0-9a-f]{64}\n\nHi \{\{name\}\}\n$/,
    );
    const diff = await cli(['prompts', 'diff', 'team/hello', '1', '2']);
    expect(diff).toMatchObject({ code: 1, stdout: expect.stringContaining('-Hello {{name}}\n') as string });
    expect(await cli(['prompts', 'diff', 'team/hello', '2', '2'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('reads a text from standard input, with the rules of a prompt file', async () => {
    expect((await cli(['prompts', 'put', 'piped', '--file', '-'], { input: 'a\r\nb\n\n' })).code).toBe(0);
    const prompt = json(await cli(['prompts', 'show', 'piped', '--json'])) as {
      active_version: { template_source: string };
    };
    expect(prompt.active_version.template_source).toBe('a\r\nb\n');
  });

  it('is plain without a terminal, and lets no text of others act on one', async () => {
    await putPrompt(stage.admin, 'odd', 'x\u001B[31mred\u0007', {
      description: 'line\none\u001B]0;title\u0007',
    });
    for (const args of [
      ['prompts', 'list'],
      ['prompts', 'show', 'odd'],
    ]) {
      const { stdout } = await cli(args);
      expect(stdout).toContain('odd');
      expect(stdout).not.toContain('\u0007');
      expect(stdout).not.toContain('\u001B');
    }
  });

  it('lets no text of others look like a line of ours', async () => {
    const messages = [{ role: 'user', content: 'a\n\nassistant\nfaked' }];
    await stage.admin.put('/v1/prompts/faked', {
      messages,
      description: 'x\nteam: faked\r\nfaked\u2028faked',
      owner_team: 'T\nfaked',
      tags: ['a\nfaked'],
      commit_message: 'm\nfaked',
      set_active: true,
    });
    await putPrompt(stage.admin, 'escaped', '\u001B[31mred\u001B[0m \u0007{{x}}\r\nnext');
    const shown = await cli(['prompts', 'show', 'faked']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).not.toMatch(/^(?:faked$|faked\u2028|team: faked|assistant)/m);
    const run = ['run', 'escaped', '--var', 'x=1'];
    for (const args of [run, [...run, '--stream']]) {
      expect((await cli(args)).stdout).toBe('red \uFFFD1\r\nnext\n');
      expect((await cli([...args, '--raw'])).stdout).toBe('\u001B[31mred\u001B[0m \u00071\r\nnext\n');
    }
  });
});

describe('changes of prompts and models', () => {
  it('activate, render, search and delete', async () => {
    await putPrompt(stage.admin, 'changed', 'one {{x}}');
    await putPrompt(stage.admin, 'changed', 'two {{x}}', { description: 'zebra crossing' });
    expect(await cli(['prompts', 'activate', 'changed', '1'])).toEqual({
      code: 0,
      stdout: 'changed: version 1 is active.\n',
      stderr: '',
    });
    for (const command of [['render'], ['prompts', 'render']]) {
      const rendered = await cli([...command, 'changed', '--var', 'x=1']);
      expect(rendered).toMatchObject({ code: 0, stdout: 'one 1\n' });
      expect(rendered.stderr).toMatch(/^version 1 · [0-9a-f]{64}\n$/);
    }
    expect((await cli(['render', 'changed', '--var', 'x=1', '--version', '2'])).stdout).toBe('two 1\n');
    expect(await cli(['render', 'changed'])).toMatchObject({ code: 1, stdout: '' });
    for (const search of ['ZEBRA', 'cross one', 'hange']) {
      const found = json(await cli(['prompts', 'list', '--search', search, '--json'])) as { name: string }[];
      expect(found.map(({ name }) => name)).toEqual(['changed']);
    }
    const byChange = json(await cli(['prompts', 'list', '--sort', 'changed', '--json'])) as {
      name: string;
    }[];
    expect(byChange[0]?.name).toBe('changed');
    expect((await cli(['prompts', 'delete', 'changed'])).stdout).toContain('changed is deleted');
    expect((await cli(['prompts', 'show', 'changed'])).stderr).toContain('(PROMPT_NOT_FOUND)');
    expect((await cli(['prompts', 'delete', 'changed'])).code).toBe(1);
  });

  it('lists, allows and takes away models', async () => {
    expect((await cli(['models', 'allow', 'echo/cli', '--max-tokens', '7', '--no-streaming'])).stdout).toBe(
      'echo/cli is allowed.\n',
    );
    expect((await cli(['models', 'list'])).stdout).toMatch(/^echo\/cli +7 +no$/m);
    expect((await cli(['models', 'delete', 'echo/cli'])).stdout).toContain('echo/cli is off the list');
    expect((await cli(['models', 'list'])).stdout).not.toContain('echo/cli');
    expect(await cli(['models', 'delete', 'echo/cli'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(MODEL_NOT_FOUND)') as string,
    });
  });

  it('queues an execution and prints its id alone', async () => {
    await putPrompt(stage.admin, 'queued', 'Hi {{x}}');
    const { code, stdout, stderr } = await cli(['submit', 'queued', '--var', 'x=1']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^queued · /) as string,
    });
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    expect((await cli(['executions', 'show', stdout.trim()])).stdout).toContain(
      'prompt       queued, version 1',
    );
  });
});

describe('prompt-ledger run', () => {
  beforeAll(() => putPrompt(stage.admin, 'greet', 'Hello {{name}}, you are {{user.age}}!'));

  it('prints the answer, and beside it what it cost', async () => {
    const file = path.join(folder, 'name.txt');
    await writeFile(file, 'Ada');
    const result = await cli([
      'run',
      'greet',
      '--var',
      `name=@${file}`,
      '--var',
      'user:={"age": 36}',
      '--environment',
      'test',
    ]);
    expect(result).toMatchObject({ code: 0, stdout: 'Hello Ada, you are 36!\n' });
    expect(result.stderr).toMatch(
      /^succeeded · version 1 · echo\/echo · .* tokens · \d+ ms · [0-9a-f-]{36}\n$/,
    );
  });

  it('takes variables from a file and from standard input, and gives the whole execution to programs', async () => {
    const args = [
      'run',
      'greet',
      '--vars-file',
      '-',
      '--var',
      'name=@@ada',
      '--model',
      'echo/echo',
      '--param',
      'max_new_tokens=2',
      '--version',
      '1',
      '--correlation-id',
      'c-1',
      '--timeout',
      '9000',
      '--json',
    ];
    const execution = json(await cli(args, { input: '{"name": "x", "user": {"age": 1}}' }));
    expect(execution).toMatchObject({
      status: 'succeeded',
      response_text: expect.stringContaining('Hello @ada') as string,
      correlation_id: 'c-1',
    });
  });

  it('says whose an execution is, and finds it by that', async () => {
    const facts = ['--metadata', 'user=u=1', '--metadata', 'plan='];
    const body = ['greet', '--var', 'name=Ada', '--var', 'user:={"age": 36}', '--model', 'echo/echo'];
    const execution = json(await cli(['run', ...body, ...facts, '--json'])) as { execution_id: string };
    expect(execution).toMatchObject({ metadata: { user: 'u=1', plan: '' } });
    const submitted = (await cli(['submit', ...body, '--metadata', 'user=u=1'])).stdout.trim();
    const found = async (...flags: string[]) =>
      (json(await cli(['executions', 'list', ...flags, '--json'])) as { execution_id: string }[]).map(
        ({ execution_id: id }) => id,
      );
    expect(await found('--metadata', 'user=u=1')).toEqual([submitted, execution.execution_id]);
    expect(await found(...facts)).toEqual([execution.execution_id]);
    const exported = await cli(['executions', 'export', ...facts]);
    expect(JSON.parse(exported.stdout)).toMatchObject({ execution_id: execution.execution_id });
    const shown = await cli(['executions', 'show', execution.execution_id]);
    expect(shown.stdout).toMatch(/^metadata +user=u=1, plan=$/m);
  });

  it('prints the answer as it comes, along a route, and stops where the model does', async () => {
    await stage.admin.put('/v1/models/echo/echo-stream-10ms', {});
    const targets = ['echo-fail-500', 'echo-stream-10ms'].map((name) => ({
      provider: 'echo',
      model_name: name,
    }));
    await stage.admin.put('/v1/routes/cli', { targets });
    const args = ['run', 'greet', '--var', 'name=Ada', '--var', 'user:={"age": 36}', '--stream'];
    const streamed = await cli([...args, '--route', 'cli']);
    expect(streamed).toMatchObject({ code: 0, stdout: 'Hello Ada, you are 36!\n' });
    expect(streamed.stderr).toMatch(/^succeeded · version 1 · echo\/echo-stream-10ms · /);
    const failed = await cli([...args, '--model', 'echo/echo-fail-500']);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/\(PROVIDER_FAILED\)/);
    const both = await cli([...args, '--route', 'cli', '--model', 'echo/echo']);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') as string });
  });

  it('exits with 1 when the ledger says no, in a sentence with its code and no stack', async () => {
    const missing = await cli(['run', 'greet']);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(
      /^error: .*\(TEMPLATE_VARIABLES_MISSING\)\n {2}\/variables\/name is missing\n/m,
    );
    expect((await cli(['run', 'nobody'])).stderr).toMatch(/not found.* \(PROMPT_NOT_FOUND\)\n$/);
  });

  it('exits with 1 and names the execution when the model failed', async () => {
    stage.openai.behave({ kind: 'raw', status: 400, body: '{"error":{"message":"no"}}' });
    const failed = await cli([
      'run',
      'greet',
      '--var',
      'name=a',
      '--var',
      'user:={"age": 1}',
      '--model',
      'openai/gpt-4o-mini',
    ]);
    stage.openai.reset();
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/\(PROVIDER_REJECTED\)\nExecution [0-9a-f-]{36}\n$/);
  });
});

describe('prompt-ledger executions', () => {
  beforeAll(async () => {
    await putPrompt(stage.admin, 'many', 'number {{n}}');
    const entries = Array.from({ length: 205 }, (_, n) => ({ variables: { n } }));
    const model = { provider: 'echo', model_name: 'echo' };
    const batch = await stage.admin.post('/v1/executions:submit-batch', {
      prompt_name: 'many',
      model,
      entries,
    });
    expect(batch.status).toBe(202);
  });

  it('exports all pages as JSON lines, to standard output and into a file, with contents when asked', async () => {
    const all = await cli(['executions', 'export', '--prompt', 'many', '--since', '1h']);
    const lines = all.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(lines.map(({ execution_id }) => execution_id)).size).toBe(205);
    expect(all.stderr).toMatch(/205 executions exported\.\n$/);
    const out = path.join(folder, 'out.jsonl');
    const whole = await cli(['executions', 'export', '--prompt', 'many', '--content', '--out', out]);
    expect(whole).toMatchObject({ code: 0, stdout: '' });
    const written = (await readFile(out, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { variables: { n: number } });
    expect(written.map(({ variables }) => variables.n).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 205 }, (_, n) => n),
    );
    expect((await cli(['executions', 'export', '--prompt', 'many', '--until', '2020-01-01'])).stdout).toBe(
      '',
    );
  });

  it('lists and shows them', async () => {
    const listed = json(await cli(['executions', 'list', '--prompt', 'many', '--limit', '3', '--json'])) as {
      execution_id: string;
    }[];
    expect(listed).toHaveLength(3);
    const { stdout } = await cli(['executions', 'show', listed[0]?.execution_id ?? '']);
    expect(stdout).toMatch(/^Execution .*\nstatus +\w+\nprompt +many, version 1\nchecksum +[0-9a-f]{64}\n/);
    expect(
      (await cli(['executions', 'list', '--prompt', 'many', '--limit', '2'])).stdout.trimEnd().split('\n'),
    ).toHaveLength(3);
    expect(await cli(['executions', 'show', UNKNOWN_ID])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(EXECUTION_NOT_FOUND)') as string,
    });
  });
});

describe('prompt-ledger keys', () => {
  it('makes a key that is printed alone, lists and revokes it', async () => {
    const made = await cli([
      'keys',
      'create',
      'ci',
      '--scope',
      'prompts:read',
      '-s',
      'executions:read',
      '--expires',
      '2099-01-01T00:00:00Z',
    ]);
    const key = made.stdout.trimEnd();
    expect(key).toMatch(/^pl_[\w-]+$/);
    expect(made.stderr).not.toContain(key);
    expect((await cli(['prompts', 'list'], { env: { PROMPT_LEDGER_API_KEY: key } })).code).toBe(0);
    const keys = json(await cli(['keys', 'list', '--json'])) as { key_id: string; name: string }[];
    const id = keys.find(({ name }) => name === 'ci')?.key_id ?? '';
    expect((await cli(['keys', 'list'])).stdout).toMatch(
      new RegExp(`^${id} +ci +prompts:read executions:read +until 2099`, 'm'),
    );
    const forbidden = await cli(['keys', 'list', '--key', key]);
    expect(forbidden).toMatchObject({ code: 2, stderr: expect.stringContaining('keys:write') as string });
    expect((await cli(['keys', 'revoke', id])).stdout).toContain('is revoked');
    expect((await cli(['keys', 'list'])).stdout).toMatch(new RegExp(`^${id} +ci .* revoked`, 'm'));
    expect(await cli(['keys', 'create', 'x', '--scope', 'all'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(VALIDATION_FAILED)') as string,
    });
  });
});

describe('prompt-ledger members', () => {
  it('makes a service account whose key can be rotated, and takes the role away', async () => {
    const added = await cli(['members', 'add-service', 'nightly', '--role', 'runner']);
    const userId = added.stdout.trimEnd();
    expect((await cli(['members', 'list'])).stdout).toMatch(
      new RegExp(`^${userId} +nightly +service +runner`, 'm'),
    );
    const made = json(
      await cli(['keys', 'create', 'n', '--role', 'viewer', '--user', userId, '--json']),
    ) as Record<string, string>;
    expect((await cli(['keys', 'list'])).stdout).toMatch(
      new RegExp(`^${made['key_id']} +n +viewer +valid`, 'm'),
    );
    const rotated = await cli(['keys', 'rotate', made['key_id'] ?? '', '--overlap', '0']);
    const key = rotated.stdout.trimEnd();
    expect(rotated.stderr).toContain('no more');
    expect((await cli(['prompts', 'list', '--key', key])).code).toBe(0);
    expect((await cli(['prompts', 'list', '--key', made['key'] ?? ''])).code).toBe(2);
    expect((await cli(['members', 'put', userId, 'editor'])).stdout).toContain('is editor');
    expect((await cli(['members', 'remove', userId])).stdout).toContain('no longer a member');
    expect((await cli(['prompts', 'list', '--key', key])).code).toBe(2);
  });

  it('names the account that was made when it cannot give it the role', async () => {
    const refused = await cli(['members', 'add-service', 'half', '--role', 'owner']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    const userId = /`members put (\S+) ROLE`/.exec(refused.stderr)?.[1] ?? '';
    expect((await cli(['members', 'put', userId, 'viewer'])).stdout).toContain('half is viewer');
    expect((await cli(['members', 'remove', userId])).code).toBe(0);
  });

  it('acts in the project that is named', async () => {
    await stage.admin.post('/v1/projects', { name: 'cli project' });
    const there = ['--project', 'cli project', '--json'];
    expect(json(await cli(['prompts', 'list', ...there]))).toMatchObject([]);
    const env = { PROMPT_LEDGER_PROJECT: 'cli project' };
    expect(json(await cli(['prompts', 'list', '--json'], { env }))).toMatchObject([]);
    expect(await cli(['prompts', 'list', '--project', 'none'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(PROJECT_NOT_FOUND)') as string,
    });
  });
});

describe('when it cannot be told', () => {
  const { stringContaining } = expect;

  it.each([
    [['prompts', 'list', '--nonsense'], 'unknown option'],
    [['prompts', 'diff', 'a', 'one', '2'], 'whole number'],
    [['nonsense'], 'unknown command'],
    [['keys', 'create', 'x'], '--scope'],
    [['run', 'x', '--var', 'novalue'], 'Write a variable as name=value'],
    [['run', 'x', '--metadata', 'novalue'], 'Write a pair of metadata as name=value'],
    [['run', 'x', '--metadata', 'a=1', '--metadata', 'a=2'], '--metadata names "a" twice'],
    [['run', 'x', '--var', 'a=@/nowhere'], 'cannot be read'],
    [
      ['run', 'x', '--var', 'a:={'],
      `error: The variable a is not JSON: Expected property name or '}' at position 1`,
    ],
    [['run', 'x', '--var', 'a:=nope'], "error: The variable a is not JSON: Unexpected token 'o'.\n"],
    [['run', 'x', '--var', 'a:='], 'error: The variable a is not JSON: it ends too early.\n'],
    [['models', 'delete', 'gpt'], 'provider/model_name'],
    [['models', 'allow', 'GPT-4o-Mini'], 'Did you mean "openai/gpt-4o-mini"?'],
    [['prompts', 'activate', 'x', 'one'], 'whole number'],
    [['run', 'x', '--model', 'gpt'], 'provider/model_name'],
    [['run', 'x', '--model', 'gpt-4o-mini'], 'Did you mean "openai/gpt-4o-mini"?'],
    [['submit', 'x', '--model', 'gpt4o'], 'Did you mean "openai/gpt-4o"?'],
    // Without an answer of the ledger the message has no hint, but is otherwise complete.
    [['run', 'x', '--model', 'gpt-4o', '--key', 'wrong'], 'not "gpt-4o".\n'],
    [['prompts', 'put', 'x'], '--text'],
    [['executions', 'export', '--since', 'yesterday'], 'Write a time'],
    [['check'], 'There is no prompt-ledger.config'],
  ])('%j exits with 2 and says why', async (args, message) => {
    expect(await cli(args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: stringContaining(message) as string,
    });
  });

  it('a wrong key, no key for another machine, and no ledger are said', async () => {
    expect(await cli(['prompts', 'list', '--key', 'wrong'])).toMatchObject({
      code: 2,
      stderr: stringContaining('PROMPT_LEDGER_API_KEY') as string,
    });
    const elsewhere = await runCli(['prompts', 'list', '--url', 'http://ledger.invalid']);
    expect(elsewhere).toMatchObject({
      code: 2,
      stderr: stringContaining('Set PROMPT_LEDGER_API_KEY') as string,
    });
    const nobody = await runCli(['prompts', 'list'], {
      env: { PROMPT_LEDGER_URL: `http://127.0.0.1:${await freePort()}` },
    });
    expect(nobody).toMatchObject({
      code: 2,
      stdout: '',
      stderr: stringContaining('(CONNECTION_FAILED)') as string,
    });
    expect(nobody.stderr).not.toMatch(/^ +at /m);
  });

  it('the default key is tried on this machine, and no other key is shown', async () => {
    const refused = await runCli(['prompts', 'list'], { env: { PROMPT_LEDGER_URL: stage.ledger.url } });
    expect(refused.code).toBe(2);
    const { stdout, stderr } = await cli(['run', 'nobody']);
    expect(stdout + stderr).not.toContain(ADMIN_KEY);
  });
});

describe('help', () => {
  const commands = [
    'start',
    'worker',
    'migrate',
    'seed',
    'keys create',
    'keys list',
    'keys rotate',
    'keys revoke',
    'members list',
    'members add-service',
    'members put',
    'members remove',
    'prompts list',
    'prompts show',
    'prompts diff',
    'prompts put',
    'prompts activate',
    'prompts delete',
    'prompts render',
    'prompts retire',
    'models list',
    'models allow',
    'models delete',
    'render',
    'run',
    'submit',
    'executions show',
    'executions list',
    'executions export',
    'import',
    'export',
    'register',
    'check',
  ];

  it.each(commands)('of "%s" has examples', async (command) => {
    const { code, stdout } = await runCli([...command.split(' '), '--help']);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`prompt-ledger ${command}`) as string,
    });
    expect(stdout).toMatch(/\nExamples:\n {2}.*prompt-ledger /);
  });
});
