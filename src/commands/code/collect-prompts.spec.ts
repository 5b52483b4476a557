import { GitRepository } from '../git/git-repository.testkit.js';
import { collectPrompts } from './collect-prompts.js';
import { loadConfig } from './config-file.js';

const text = (templateSource: string) => ({ kind: 'text', templateSource });
let repository: GitRepository;

beforeEach(() => {
  repository = GitRepository.create();
});
afterEach(() => repository.remove());

const collect = async (folder = '.') => collectPrompts(await loadConfig(repository.path(folder)));
const configure = (config: object, folder = '.') =>
  repository.write(`${folder}/prompt-ledger.config.json`, JSON.stringify(config));
const problemsOf = async () =>
  (await collect()).problems.map(({ file, line, message }) => `${file}:${line} ${message}`);

describe('the prompts of a code base', () => {
  it('are those of modules and of prompt files, with their places from the root of the repository', async () => {
    configure(
      { prompts: ['src/*.ts', 'prompts/**/*.prompt.md'], exclude: ['src/old.ts'], namePrefix: 'shop/' },
      'app',
    );
    repository.write('app/src/prompts.ts', '\nexport const WELCOME = "Hello {{name}}";\n');
    repository.write('app/src/old.ts', 'export const OLD = f();\n');
    repository.write('app/src/types.d.ts', 'export const T: string;\n');
    repository.write('app/prompts/mails/order.prompt.md', '---\ntags: [a]\n---\nOrder {{id}}\n');
    repository.write('app/prompts/named.prompt.md', '---\nname: BYE\n---\nBye\n');
    const commit = repository.commit();
    expect(await collect('app')).toEqual({
      prompts: [
        { name: 'shop/WELCOME', content: text('Hello {{name}}'), file: 'app/src/prompts.ts', line: 2 },
        {
          name: 'shop/mails/order',
          content: text('Order {{id}}'),
          tags: ['a'],
          file: 'app/prompts/mails/order.prompt.md',
          line: 4,
        },
        { name: 'shop/BYE', content: text('Bye'), file: 'app/prompts/named.prompt.md', line: 4 },
      ],
      problems: [],
      git: { commit, branch: 'main', repository: 'acme/app', dirty: false },
      folder: 'app/',
      warnings: [],
    });
  });

  it('are each there once when they say the same', async () => {
    configure({ prompts: ['a.ts', 'b.ts'], repository: 'other/name' });
    repository.write('a.ts', 'export const A = "x";\n');
    repository.write('b.ts', 'export * from "./a.js";\nexport const A = "x";\n');
    const { prompts, problems, git } = await collect();
    expect(prompts).toMatchObject([{ name: 'A', file: 'a.ts' }]);
    expect(problems).toEqual([]);
    expect(git.repository).toBe('other/name');
  });

  it('are messages too, in files and in modules', async () => {
    configure({ prompts: ['*.prompt.md', 'a.ts'] });
    repository.write(
      'chat.prompt.md',
      '---\nmessages: [{role: user, content: "{{q}}"}]\nowner_team: Docs\n---\n',
    );
    repository.write('a.ts', 'export const A = [{ role: "system", content: "Hi" }] as const;\n');
    const { prompts, problems } = await collect();
    expect(problems).toEqual([]);
    expect(prompts).toEqual([
      {
        name: 'chat',
        content: { kind: 'chat', messages: [{ role: 'user', content: '{{q}}' }] },
        ownerTeam: 'Docs',
        file: 'chat.prompt.md',
        line: 1,
      },
      {
        name: 'A',
        content: { kind: 'chat', messages: [{ role: 'system', content: 'Hi' }] },
        file: 'a.ts',
        line: 1,
      },
    ]);
  });

  it.each([
    ['./texts.js', 'texts.ts'],
    ['./texts', 'texts.ts'],
    ['./texts', 'texts.tsx'],
    ['./texts.mjs', 'texts.mts'],
    ['./texts', 'texts/index.ts'],
    ['./texts.cjs', 'texts.cjs'],
  ])('are followed from %s to %s, which the configuration does not name', async (specifier, file) => {
    configure({ prompts: ['index.ts'] });
    repository.write(
      'index.ts',
      `import { WHO } from "${specifier}";\nexport * from "${specifier}";\nexport const HI = "Hi " + WHO;\n`,
    );
    repository.write(file, file.endsWith('.cjs') ? 'exports.WHO = "you";\n' : 'export const WHO = "you";\n');
    const { prompts, problems } = await collect();
    expect(problems).toEqual([]);
    expect(prompts.map(({ name, file: place }) => `${name} ${place}`)).toEqual([
      `WHO ${file}`,
      'HI index.ts',
    ]);
  });

  it('are read from JSON that a module imports, with their lines', async () => {
    configure({ prompts: ['index.ts'] });
    repository.write(
      'index.ts',
      'import texts from "./texts.json" with { type: "json" };\nexport default texts;\n',
    );
    repository.write('texts.json', '{\n  "A": "x",\n  "B": [{ "role": "user", "content": "y" }]\n}\n');
    const { prompts, problems } = await collect();
    expect(problems).toEqual([]);
    expect(prompts.map(({ name, file, line }) => `${name} ${file}:${line}`)).toEqual([
      'A texts.json:2',
      'B texts.json:3',
    ]);
  });

  it('are left out of files that the configuration leaves out, whoever passes them on', async () => {
    configure({ prompts: ['index.ts'], exclude: ['old/**'] });
    repository.write('index.ts', 'export * from "./old/texts";\nexport const A = "x";\n');
    repository.write('old/texts.ts', 'export const OLD = "y";\nexport const WORSE = f();\n');
    const { prompts, problems } = await collect();
    expect(problems).toEqual([]);
    expect(prompts.map(({ name }) => name)).toEqual(['A']);
  });

  it('are dirty with the files that they are made of', async () => {
    configure({ prompts: ['index.ts'] });
    repository.write('index.ts', 'import { WHO } from "./texts";\nexport const HI = "Hi " + WHO;\n');
    repository.write('texts.ts', 'export const WHO = "you";\n');
    repository.commit();
    expect((await collect()).git.dirty).toBe(false);
    repository.write('texts.ts', 'export const WHO = "me";\n');
    expect((await collect()).git.dirty).toBe(true);
  });

  it('tells each fault of a file that several pass on once', async () => {
    configure({ prompts: ['*.ts'] });
    repository.write('a.ts', 'export * from "./b";\n');
    repository.write('b.ts', '\nexport const A = f();\nexport * from "pkg";\n');
    expect((await problemsOf()).sort()).toEqual([
      'b.ts:2 A cannot be read: it is the answer of a call',
      'b.ts:3 Exports of "pkg" are not followed: only files of the code base are read',
    ]);
  });

  it('are known outside of a repository as well', async () => {
    const folder = GitRepository.folder();
    folder.write('prompt-ledger.config.json', '{"prompts":["src/a.ts"]}');
    folder.write('src/a.ts', 'export const A = "x";\n');
    const { prompts, git } = await collectPrompts(await loadConfig(folder.path('src')));
    expect(prompts).toMatchObject([{ file: 'src/a.ts', line: 1 }]);
    expect(git).toEqual({ commit: null, branch: null, repository: null, dirty: null });
    folder.remove();
  });
});

const TOOLS = '[{type: function, function: {name: find}}]';

describe('what makes it unknown what the code has', () => {
  it('is told with its place', async () => {
    configure({ prompts: ['a.ts', 'b.ts', '*.prompt.md', 'x.py', 'none/*.ts'] });
    repository.write('a.ts', 'export const A = "x";\nexport const B = "{{";\nexport const $C = "x";\n');
    repository.write('b.ts', 'export * from "./c";\nexport { D } from "pkg";\nexport const A = "y";\n');
    repository.write('full.prompt.md', '---\nmode: full\n---\nx\n');
    repository.write('tools.prompt.md', `---\ntools: ${TOOLS}\n---\nx\n`);
    repository.write('x.py', 'A = "x"\n');
    expect(await problemsOf()).toEqual([
      'prompt-ledger.config.json:1 "none/*.ts" finds no file',
      'b.ts:1 Exports of "./c" are not followed: only files of the code base are read',
      'b.ts:2 Exports of "pkg" are not followed: only files of the code base are read',
      'full.prompt.md:1 It says "mode: full", which is for `prompt-ledger import`: leave it out, or exclude the file',
      'tools.prompt.md:1 A prompt with tools cannot be tracked: only texts and messages can, with schemas of their variables and answers',
      'x.py:1 It is not a TypeScript or JavaScript module or a *.prompt.md',
      expect.stringMatching(/^a\.ts:2 B: Correct the template at line 1, column 1: /) as string,
      expect.stringMatching(/^a\.ts:3 "\$C" is not a prompt name: it must be 1 to 200/) as string,
      'b.ts:3 A has another text in a.ts:1: give one of them another name',
    ]);
  });
});

describe('the configuration', () => {
  it.each(['ts', 'mts', 'js', 'mjs', 'cjs'])('may be a .%s file, found from below', async (extension) => {
    const isCommonJs = extension === 'cjs' || extension === 'js';
    const config = isCommonJs
      ? 'module.exports = { prompts: ["a.ts"] };'
      : 'export default { prompts: ["a.ts"] };';
    repository.write(`prompt-ledger.config.${extension}`, config);
    repository.write('deep/er/x', '');
    expect(await loadConfig(repository.path('deep/er'))).toEqual({
      file: repository.path(`prompt-ledger.config.${extension}`),
      folder: repository.folder,
      config: { prompts: ['a.ts'] },
    });
  });

  it.each([
    ['{', /cannot be read/],
    ['[]', /prompts must be a list/],
    ['7', /export an object/],
    ['{"prompts":[]}', /prompts must be a list/],
    ['{"prompts":"a.ts"}', /prompts must be a list/],
    ['{"prompts":["a.ts"],"exclude":"b"}', /exclude must be a list/],
    ['{"prompts":["a.ts"],"url":7}', /url must be text/],
    ['{"prompts":["a.ts"],"prune":"yes"}', /prune must be true or false/],
    ['{"prompts":["a.ts"],"key":"secret"}', /unknown field "key"/],
  ])('is refused in a sentence: %s', async (text, message) => {
    repository.write('prompt-ledger.config.json', text);
    await expect(loadConfig(repository.folder)).rejects.toThrow(message);
  });

  it('may be named, and is missed in a sentence', async () => {
    repository.write('other.json', '{"prompts":["a.ts"]}');
    expect((await loadConfig(repository.folder, 'other.json')).config.prompts).toEqual(['a.ts']);
    await expect(loadConfig(repository.folder, 'none.json')).rejects.toThrow(/There is no file/);
    await expect(loadConfig('/')).rejects.toThrow(/There is no prompt-ledger\.config/);
  });
});
