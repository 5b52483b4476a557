import { GIT_ENVIRONMENT, GitRepository } from '../../../src/commands/git/git-repository.testkit.js';
import type { ApiBody } from '../../support/api-client.js';
import { freePort } from '../../support/servers/processes.js';
import { cliOf, type CliOptions } from '../cli.js';
import { ECHO, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;
let cli: ReturnType<typeof cliOf>;
const repositories: GitRepository[] = [];

beforeAll(async () => {
  stage = await startStage();
  cli = cliOf(stage, { env: GIT_ENVIRONMENT });
});
afterAll(async () => {
  repositories.forEach((repository) => repository.remove());
  await stage.close();
});

interface Comparison {
  readonly name: string;
  readonly state: string;
  readonly diff: string | null;
}

/** A separate code base, whose prompts have unique names. */
class CodeBase {
  constructor(
    readonly prefix: string,
    readonly repository: GitRepository,
  ) {
    repositories.push(repository);
  }

  configure(more: ApiBody = {}): void {
    const config = { prompts: ['src/prompts.ts'], namePrefix: this.prefix, ...more };
    this.repository.write('prompt-ledger.config.json', JSON.stringify(config));
  }

  write(prompts: Readonly<Record<string, string>>, file = 'src/prompts.ts'): void {
    const lines = Object.entries(prompts).map(
      ([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`,
    );
    this.repository.write(file, lines.join(''));
  }

  run(args: readonly string[], { cwd = this.repository.folder, env = {} }: CliOptions = {}) {
    return cli(args, { cwd, env });
  }

  async register(cwd?: string): Promise<{ registered: ApiBody[]; git: ApiBody; skipped: string[] }> {
    const { code, stdout, stderr } = await this.run(['register', '--json'], cwd === undefined ? {} : { cwd });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return JSON.parse(stdout) as { registered: ApiBody[]; git: ApiBody; skipped: string[] };
  }

  /** Runs `check`. @returns its exit code, and the state that it reports for each prompt. */
  async check(
    cwd?: string,
  ): Promise<{ code: number | null; states: Record<string, string>; prompts: Comparison[] }> {
    const { code, stdout } = await this.run(['check', '--format', 'json'], cwd === undefined ? {} : { cwd });
    const { prompts = [] } = JSON.parse(stdout) as { prompts?: Comparison[] };
    return { code, states: Object.fromEntries(prompts.map(({ name, state }) => [name, state])), prompts };
  }

  /** Returns the place of a prompt's active version, as the ledger reports it. */
  async registration(name: string): Promise<ApiBody> {
    const history = await stage.admin.get<{
      current_version: number;
      versions: { version: number; git: ApiBody }[];
    }>(`${promptPath(this.prefix + name)}/history`);
    return history.body.versions.find(({ version }) => version === history.body.current_version)?.git ?? {};
  }
}

function codeBase(prefix: string, repository = GitRepository.create()): CodeBase {
  const made = new CodeBase(`${prefix}/`, repository);
  made.configure();
  return made;
}

describe('prompt-ledger register', () => {
  it('sends every prompt with commit, branch, repository, file and line, and an execution leads back to it', async () => {
    const code = codeBase('reg');
    code.write({ WELCOME: 'Hello {{name}}', BYE: 'Bye' });
    const commit = code.repository.commit();
    const text = await code.run(['register', '--dry-run']);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('2 prompts would be registered: 2 new.');
    expect((await stage.admin.get(promptPath('reg/WELCOME'))).status).toBe(404);

    const { registered, git } = await code.register();
    expect(registered).toMatchObject([
      { name: 'reg/WELCOME', version: 1, previous_version: null, file: 'src/prompts.ts', line: 1 },
      { name: 'reg/BYE', version: 1, previous_version: null, file: 'src/prompts.ts', line: 2 },
    ]);
    expect(git).toEqual({ commit, branch: 'main', repository: 'acme/app', dirty: false });
    expect(await code.registration('BYE')).toMatchObject({
      commit,
      branch: 'main',
      repository: 'acme/app',
      dirty: false,
      file: 'src/prompts.ts',
      line: 2,
    });

    const run = await stage.admin.post<{ execution_id: string }>('/v1/executions:run', {
      prompt_name: 'reg/BYE',
      model: ECHO,
    });
    const shown = await cli(['executions', 'show', run.body.execution_id]);
    expect(shown.stdout).toMatch(
      new RegExp(`\\ncode +src/prompts\\.ts:2\\ncommit +${commit} \\(acme/app main\\)\\n`),
    );
    expect(git['repository']).not.toContain('s3cr3t');
  });

  it('warns of what vendors will refuse, with file and line, and registers it all the same', async () => {
    const code = codeBase('warned');
    code.configure({ prompts: ['src/prompts.ts', '*.prompt.md'] });
    code.write({ PLAIN: 'x' });
    const schema = '{type: object, properties: {size: {type: integer}}, additionalProperties: false}';
    code.repository.write(
      'sized.prompt.md',
      `---\nresponse_format: {type: json_schema, json_schema: {name: order, schema: ${schema}}}\n---\nx\n`,
    );
    const warning =
      'sized.prompt.md:4 warned/sized: /response_format/json_schema/schema/properties/size must be in "required"; ' +
      'what may be left out is allowed to be null instead (openai)';
    for (const args of [['register', '--dry-run'], ['register'], ['register', '--json']]) {
      const { code: exit, stdout, stderr } = await code.run(args);
      expect({ exit, warned: stderr.split('\n').filter((line) => line.includes(warning)) }).toEqual({
        exit: 0,
        warned: [expect.stringContaining(warning) as string],
      });
      expect(stdout).not.toContain('warning:');
    }
    const { body } = await stage.admin.get(promptPath('warned/sized'));
    expect(body).toMatchObject({ mode: 'tracking', active_version: { version_number: 1 } });
    expect((await code.check()).code).toBe(0);
  });

  it('leaves out what has moved to full mode, says so, and registers the rest', async () => {
    const code = codeBase('full');
    await putPrompt(stage.admin, 'full/MANAGED', 'managed');
    code.write({ TRACKED: 'x', MANAGED: 'y', OTHER: 'z' });
    const { registered, skipped } = await code.register();
    expect(registered.map(({ name }) => name)).toEqual(['full/TRACKED', 'full/OTHER']);
    expect(skipped).toEqual(['full/MANAGED']);
    const again = await code.run(['register']);
    expect(again.stderr).toContain('full/MANAGED is in full mode');
    expect(again.stdout).toMatch(
      /^PROMPT +VERSION +RESULT +WHERE\nfull\/TRACKED +1 +unchanged +src\/prompts\.ts:1\n/,
    );
    const check = await code.run(['check']);
    expect(check).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('full/MANAGED is in full mode') as string,
    });
  });

  it('registers more than a thousand in several calls, or none', async () => {
    const code = codeBase('many');
    const prompts = Object.fromEntries(Array.from({ length: 1005 }, (_, n) => [`P${n}`, `text ${n}`]));
    code.write(prompts);
    expect((await code.register()).registered).toHaveLength(1005);
    expect(await code.check()).toMatchObject({ code: 0, states: { 'many/P1004': 'same' } });
    // The fault is in what would be the second call.
    code.write({ ...prompts, P0: 'changed', P1003: '{% nope %}' });
    expect(await code.run(['register'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('src/prompts.ts:1004: many/P1003: ') as string,
    });
    expect((await stage.admin.get(promptPath('many/P0'))).body).toMatchObject({
      active_version: { version_number: 1, template_source: 'text 0' },
    });
  });

  it('exits with 2 and registers nothing when something cannot be read', async () => {
    const code = codeBase('unread');
    code.repository.write('src/prompts.ts', 'export const A = "x";\nexport const B = build();\n');
    const result = await code.run(['register']);
    expect(result).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: src/prompts.ts:2: B cannot be read: it is the answer of a call.\n',
    });
    const forPrograms = await code.run(['register', '--json']);
    expect(forPrograms).toMatchObject({ code: 2, stderr: result.stderr });
    expect(JSON.parse(forPrograms.stdout)).toMatchObject({
      registered: [],
      problems: [
        { file: 'src/prompts.ts', line: 2, message: 'B cannot be read: it is the answer of a call' },
      ],
      dry_run: false,
    });
    const none = await code.run(['register', '--json', '--config', 'absent.json']);
    expect(none.code).toBe(2);
    expect(JSON.parse(none.stdout)).toMatchObject({ registered: [], problems: [], git: null });
    expect((JSON.parse(none.stdout) as { message: string }).message).toContain('absent.json');
    expect((await stage.admin.get(promptPath('unread/A'))).status).toBe(404);
  });
});

describe('prompt-ledger check', () => {
  it('is 0 when what is in the code is what is active, and 1 with a readable diff when not', async () => {
    const code = codeBase('check');
    code.write({ SAME: 'same', CHANGED: 'Hello {{name}},\nwelcome!', GONE: 'gone' });
    code.repository.commit();
    await code.register();
    expect(await code.run(['check'])).toEqual({
      code: 0,
      stdout: '3 prompts: what is in the code is what is active.\n',
      stderr: '',
    });

    code.write({ SAME: 'same', CHANGED: 'Hi {{name}},\nwelcome!', NEW: 'new\n' });
    const { code: exit, stdout } = await code.run(['check']);
    expect(exit).toBe(1);
    expect(stdout).toBe(`check/CHANGED differs from version 1, which is active in the ledger.
--- check/CHANGED (ledger, version 1)
+++ check/CHANGED (src/prompts.ts:2)
@@ -1,2 +1,2 @@
-Hello {{name}},
+Hi {{name}},
 welcome!
\\ No newline at end of file

check/NEW is not in the ledger yet.
--- /dev/null
+++ check/NEW (src/prompts.ts:3)
@@ -0,0 +1,1 @@
+new

check/GONE is tracked in the ledger and no more in the code.
--- check/GONE (ledger, version 1)
+++ /dev/null
@@ -1,1 +0,0 @@
-gone
\\ No newline at end of file

4 prompts: 1 changed, 1 new, 1 missing. \`prompt-ledger register --prune\` makes the ledger follow the code.
`);
    const allowed = await code.run(['check', '--allow-drift', '--format', 'github']);
    expect(allowed).toMatchObject({ code: 0, stderr: '' });
    expect(allowed.stdout.split('\n').map((line) => line.split('::')[1]?.split(',').at(-1))).toEqual([
      'title=Prompt check/CHANGED is changed',
      'title=Prompt check/NEW is new',
      'warning title=Prompt check/GONE is missing',
      undefined,
      undefined,
    ]);
  });

  it('writes annotations for GitHub, one line each, whatever the texts say', async () => {
    const code = codeBase('gh');
    code.write({ A: '50%, a:b\r\n::error::x' });
    const { code: exit, stdout } = await code.run(['check', '--format', 'github']);
    expect(exit).toBe(1);
    const [annotation = '', ...rest] = stdout.trimEnd().split('\n');
    expect(annotation).toMatch(
      /^::error file=src\/prompts\.ts,line=1,title=Prompt gh\/A is new::gh\/A is not in the ledger yet\.%0A---/,
    );
    expect(annotation).toContain('+50%25, a:b%0D%0A+::error::x');
    expect(rest).toEqual([expect.stringMatching(/^1 prompt: 1 new\./)]);
    code.repository.write('src/prompts.ts', '\nexport const A = f("a,b:c");\n');
    expect(await code.run(['check', '--format', 'github'])).toMatchObject({
      code: 2,
      stdout:
        '::error file=src/prompts.ts,line=2,title=Prompts cannot be read::A cannot be read: it is the answer of a call\n',
    });
  });

  it('is 2 when it cannot tell: no ledger, a wrong key, a wrong configuration', async () => {
    const code = codeBase('tell');
    code.write({ A: 'x' });
    const away = { env: { PROMPT_LEDGER_URL: `http://127.0.0.1:${await freePort()}` } };
    const wrongKey = { env: { PROMPT_LEDGER_API_KEY: 'wrong' } };
    for (const options of [away, wrongKey]) {
      expect(await code.run(['check'], options)).toMatchObject({ code: 2, stdout: '' });
      const asJson = await code.run(['check', '--format', 'json'], options);
      expect(asJson.code).toBe(2);
      expect(JSON.parse(asJson.stdout)).toMatchObject({
        result: 'unknown',
        message: expect.any(String) as string,
      });
      expect((await code.run(['check', '--format', 'github'], options)).stdout).toMatch(
        /^::error title=Prompts cannot be checked::/,
      );
    }
    code.configure({ prompts: ['src/none.ts'] });
    expect(await code.run(['check'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('finds no file') as string,
    });
  });

  it('needs no more than to read', async () => {
    const code = codeBase('reader');
    code.write({ A: 'x' });
    await code.register();
    const key = await stage.admin.post<{ key: string }>('/v1/keys', { name: 'ci', scopes: ['prompts:read'] });
    expect(await code.run(['check'], { env: { PROMPT_LEDGER_API_KEY: key.body.key } })).toMatchObject({
      code: 0,
    });
  });
});

describe('through the life of a repository', () => {
  it('says what is new, changed, unchanged and gone', async () => {
    const code = codeBase('life');
    code.write({ KEPT: 'kept', GONE: 'gone', EDITED: 'one' });
    code.repository.commit();
    await code.register();
    code.write({ KEPT: 'kept', EDITED: 'two', NEW: 'new' });
    code.repository.commit('second');
    const told = await code.run(['register']);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/\nlife\/GONE +1 +gone +-\n/);
    expect(told.stdout).toMatch(/\nlife\/EDITED +2 +changed, before: 1 +src/);
    expect(told.stdout).toContain('3 prompts registered: 1 new, 1 changed, 1 unchanged.\n');
    expect(told.stdout).toContain(
      '1 prompt of the ledger is no more in the code. `prompt-ledger register --prune` retires it.\n',
    );
    expect(await code.check()).toMatchObject({ code: 1, states: { 'life/GONE': 'missing' } });
  });

  it('retires what was removed, and takes it back', async () => {
    const code = codeBase('back');
    code.write({ KEPT: 'kept', GONE: 'gone' });
    code.repository.commit();
    await code.register();
    code.write({ KEPT: 'kept' });
    const dry = await code.run(['register', '--prune', '--dry-run']);
    expect(dry.stdout).toContain('1 prompt of the ledger is no more in the code, and would be retired.\n');
    const pruned = await code.run(['register', '--prune', '--json']);
    expect(JSON.parse(pruned.stdout)).toMatchObject({ gone: ['back/GONE'], retired: ['back/GONE'] });
    expect(await code.check()).toMatchObject({
      code: 0,
      states: { 'back/KEPT': 'same' },
    });
    const history = await stage.admin.get<{ versions: ApiBody[] }>(`${promptPath('back/GONE')}/history`);
    expect(history.body.versions).toMatchObject([{ version: 1, git: { repository: 'acme/app' } }]);

    code.write({ KEPT: 'kept', GONE: 'gone' });
    expect(await code.check()).toMatchObject({ code: 1, states: { 'back/GONE': 'retired' } });
    expect((await code.register()).registered).toMatchObject([
      { outcome: 'unchanged' },
      { name: 'back/GONE', outcome: 'returned', version: 1, change_detected: false },
    ]);
    expect((await code.check()).code).toBe(0);
  });

  it('retires the last prompt too, by the configuration', async () => {
    const code = codeBase('last');
    code.write({ A: 'x' });
    await code.register();
    code.repository.write('src/prompts.ts', 'export const NOTHING = 1;\n');
    expect(await code.check()).toMatchObject({ code: 1, states: { 'last/A': 'missing' } });
    code.configure({ prune: true });
    expect((await code.run(['register'])).stdout).toContain('no more in the code, and was retired.');
    expect(await code.check()).toMatchObject({ code: 0, prompts: [] });
    const never = codeBase('never');
    never.repository.write('src/prompts.ts', 'const NOTHING = 1;\n');
    const expected = { code: 2, stderr: expect.stringContaining('leads to no prompt') as string };
    expect(await never.run(['check'])).toMatchObject(expected);
    expect(await never.run(['register'])).toMatchObject(expected);
  });

  it('follows messages, and what is said about prompts', async () => {
    const code = codeBase('chat');
    const prompts = (question: string) =>
      `export const CHAT = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: '${question}' }];\n`;
    code.configure({ prompts: ['src/prompts.ts', '*.prompt.md'] });
    code.repository.write('src/prompts.ts', prompts('{{q}}'));
    code.repository.write(
      'told.prompt.md',
      '---\ndescription: Tells\ntags: [a, b]\nowner_team: Docs\n---\nHi\n',
    );
    expect((await code.register()).registered).toMatchObject([
      { name: 'chat/CHAT', outcome: 'new' },
      { name: 'chat/told', outcome: 'new' },
    ]);
    expect((await stage.admin.get(promptPath('chat/told'))).body).toMatchObject({
      description: 'Tells',
      tags: ['a', 'b'],
      owner_team: 'Docs',
    });
    const run = await stage.admin.post('/v1/executions:run', {
      prompt_name: 'chat/CHAT',
      variables: { q: 'Why?' },
      model: ECHO,
    });
    expect(run.body).toMatchObject({ status: 'succeeded', version_number: 1 });
    expect((await code.check()).code).toBe(0);

    code.repository.write('src/prompts.ts', prompts('{{question}}'));
    code.repository.write('told.prompt.md', '---\ndescription: Says\ntags: [a, b]\n---\nHi\n');
    const check = await code.run(['check']);
    expect(check.code).toBe(1);
    expect(check.stdout).toContain(' [user]\n-{{q}}\n+{{question}}\n');
    expect(check.stdout).toContain('chat/told has another description, team or tags in the ledger.\n');
    expect((await code.register()).registered).toMatchObject([
      { outcome: 'changed', version: 2 },
      { outcome: 'metadata', version: 1, change_detected: false },
    ]);
    expect((await stage.admin.get(promptPath('chat/told'))).body).toMatchObject({
      description: 'Says',
      owner_team: 'Docs',
    });
    expect((await code.check()).code).toBe(0);
    code.repository.write('src/prompts.ts', `export const CHAT = 'a text';\n`);
    expect(await code.run(['register'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is a chat prompt and stays one') as string,
    });
  });

  it('follows a renamed file', async () => {
    const code = codeBase('rename');
    code.write({ A: 'x' });
    code.repository.commit();
    await code.register();
    code.repository.git('mv', 'src/prompts.ts', 'src/texts.ts');
    code.configure({ prompts: ['src/texts.ts'] });
    const commit = code.repository.commit('rename');
    expect(await code.check()).toMatchObject({ code: 0, states: { 'rename/A': 'same' } });
    expect((await code.register()).registered).toMatchObject([
      { version: 1, change_detected: false, file: 'src/texts.ts' },
    ]);
    expect((await code.register()).git).toMatchObject({ commit, dirty: false });
  });

  it('goes back to an older version with older code, and tells branches apart', async () => {
    const code = codeBase('rollback');
    code.write({ A: 'one' });
    const first = code.repository.commit('one');
    await code.register();
    code.repository.git('checkout', '--quiet', '-b', 'feature/two');
    code.write({ A: 'two' });
    code.repository.commit('two');
    const forward = await code.register();
    expect(forward.git).toMatchObject({ branch: 'feature/two' });
    expect(forward.registered).toMatchObject([{ version: 2, previous_version: 1, change_detected: true }]);
    code.repository.git('checkout', '--quiet', first);
    expect(await code.check()).toMatchObject({ code: 1, states: { 'rollback/A': 'changed' } });
    const back = await code.register();
    expect(back.git).toMatchObject({ commit: first, branch: null });
    expect(back.registered).toMatchObject([{ version: 1, previous_version: 2, change_detected: true }]);
    expect(await code.check()).toMatchObject({ code: 0 });
  });

  it('says that a tree is dirty, takes the CI’s word for the branch, and knows a shallow clone', async () => {
    const code = codeBase('states');
    code.write({ A: 'x' });
    code.repository.commit('one');
    code.write({ A: 'y' });
    expect((await code.register()).git).toMatchObject({ dirty: true, branch: 'main' });
    const commit = code.repository.commit('two');
    code.repository.git('clone', '--quiet', '--depth', '1', `file://${code.repository.folder}`, 'clone');
    const clone = code.repository.path('clone');
    code.repository.git('-C', clone, 'checkout', '--quiet', '--detach');
    code.repository.git('-C', clone, 'remote', 'set-url', 'origin', 'git@github.com:acme/app.git');
    const ci = await code.run(['register', '--json'], {
      cwd: clone,
      env: { GITHUB_HEAD_REF: 'fix', GITHUB_REF_NAME: '7/merge' },
    });
    expect((JSON.parse(ci.stdout) as { git: ApiBody }).git).toEqual({
      commit,
      branch: 'fix',
      repository: 'acme/app',
      dirty: false,
    });
    expect(await code.check(clone)).toMatchObject({ code: 0 });
  });

  it('holds no repository answerable for the prompts of another', async () => {
    const app = codeBase('shared');
    const web = codeBase('shared');
    web.repository.git('remote', 'set-url', 'origin', 'https://github.com/acme/web.git');
    app.write({ APP: 'x', MOVES: 'y' });
    app.repository.commit();
    await app.register();
    web.write({ WEB: 'z' });
    web.repository.commit();
    await web.register();
    expect(await app.check()).toMatchObject({ code: 0 });
    expect(await web.check()).toMatchObject({ code: 0, states: { 'shared/WEB': 'same' } });

    // The other repository registers the same text, and owns the prompt from then on.
    web.write({ WEB: 'z', MOVES: 'y' });
    web.repository.commit('takes it over');
    await web.register();
    app.write({ APP: 'x' });
    app.repository.commit('gives it away');
    expect(await app.check()).toMatchObject({ code: 0, states: { 'shared/APP': 'same' } });
    const pruned = await app.run(['register', '--prune', '--json']);
    expect(JSON.parse(pruned.stdout)).toMatchObject({ gone: [], retired: [] });
    web.write({ WEB: 'z' });
    expect(await web.check()).toMatchObject({ code: 1, states: { 'shared/MOVES': 'missing' } });
    expect((await app.run(['check', '--repository', 'acme/web'])).stdout).toContain('shared/MOVES');
    expect((await web.run(['check', '--repository', 'acme/other'])).stdout).not.toContain('shared/MOVES');
    const byFlag = await web.run(['register', '--prune', '--json', '--repository', 'acme/web']);
    expect(JSON.parse(byFlag.stdout)).toMatchObject({
      retired: ['shared/MOVES'],
      git: { repository: 'acme/web' },
    });
    expect(await web.run(['check', '--repository', ''])).toMatchObject({ code: 2 });
  });

  it('follows a prompt that has moved to another folder of its repository', async () => {
    const code = codeBase('folders');
    for (const app of ['one', 'two']) {
      code.repository.write(`${app}/prompt-ledger.config.json`, JSON.stringify({ prompts: ['p.ts'] }));
      code.repository.write(`${app}/p.ts`, `export const FOLDERS_${app} = "x";\n`);
    }
    code.repository.write('one/p.ts', 'export const FOLDERS_one = "x";\nexport const FOLDERS_moves = "y";\n');
    code.repository.commit();
    for (const app of ['one', 'two']) await code.register(code.repository.path(app));
    code.repository.write('one/p.ts', 'export const FOLDERS_one = "x";\n');
    code.repository.write('two/p.ts', 'export const FOLDERS_two = "x";\nexport const FOLDERS_moves = "y";\n');
    code.repository.commit('moves');
    await code.register(code.repository.path('two'));
    expect(await code.check(code.repository.path('one'))).toMatchObject({
      code: 0,
      states: { FOLDERS_one: 'same' },
    });
  });

  it('works without a repository, where nothing can be missing', async () => {
    const code = codeBase('nogit', GitRepository.folder());
    code.write({ A: 'x', B: 'y' });
    expect((await code.register()).git).toEqual({
      commit: null,
      branch: null,
      repository: null,
      dirty: null,
    });
    code.write({ A: 'x' });
    expect(await code.check()).toMatchObject({ code: 0, states: { 'nogit/A': 'same' } });
    const check = await code.run(['check']);
    expect(check.stderr).toContain('The repository has no name');
    expect(check.stderr).toContain('nogit/B');
    expect(await code.run(['prompts', 'retire', 'nogit/B'])).toMatchObject({
      code: 0,
      stdout: 'nogit/B is retired; its version 1 stays as it is.\n',
    });
    expect(await code.run(['check'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('holds no code base answerable for another one of the same repository', async () => {
    const code = codeBase('mono');
    for (const app of ['a', 'b']) {
      code.repository.write(`${app}/prompt-ledger.config.json`, JSON.stringify({ prompts: ['p.ts'] }));
      code.repository.write(
        `${app}/p.ts`,
        `export const MONO_${app} = "x";\nexport const MONO_${app}2 = "y";\n`,
      );
    }
    for (const app of ['a', 'b']) await code.register(code.repository.path(app));
    expect(await code.check(code.repository.path('a'))).toMatchObject({
      code: 0,
      states: { MONO_a: 'same', MONO_a2: 'same' },
    });
    code.repository.write('a/p.ts', 'export const MONO_a = "x";\n');
    expect(await code.check(code.repository.path('a'))).toMatchObject({
      code: 1,
      states: { MONO_a: 'same', MONO_a2: 'missing' },
    });
  });
});

describe('the configuration', () => {
  it('may be TypeScript that imports prompt-ledger/config, wherever that is installed', async () => {
    const code = codeBase('ts');
    code.repository.git('rm', '--quiet', '--cached', '-r', '--ignore-unmatch', '.');
    code.repository.write(
      'deep/prompt-ledger.config.ts',
      `import { defineConfig } from 'prompt-ledger/config';\nconst url: string = '${stage.ledger.url}';\nexport default defineConfig({ prompts: ['*.prompt.md'], namePrefix: 'ts/', url });\n`,
    );
    code.repository.write('deep/mail.prompt.md', 'Hello {{name}}\n');
    const { code: exit, stdout } = await code.run(['register', '--json'], {
      cwd: code.repository.path('deep'),
      env: { PROMPT_LEDGER_URL: '' },
    });
    expect(exit).toBe(0);
    expect((JSON.parse(stdout) as { registered: ApiBody[] }).registered).toMatchObject([
      { name: 'ts/mail', file: 'deep/mail.prompt.md', line: 1 },
    ]);
  });
});
