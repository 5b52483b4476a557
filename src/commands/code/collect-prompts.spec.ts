import { GitRepository } from '../git/git-repository.testkit.js';
import { collectPrompts } from './collect-prompts.js';
import { loadConfig } from './config-file.js';

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
        { name: 'shop/WELCOME', template: 'Hello {{name}}', file: 'app/src/prompts.ts', line: 2 },
        {
          name: 'shop/mails/order',
          template: 'Order {{id}}',
          file: 'app/prompts/mails/order.prompt.md',
          line: 4,
        },
        { name: 'shop/BYE', template: 'Bye', file: 'app/prompts/named.prompt.md', line: 4 },
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

describe('what makes it unknown what the code has', () => {
  it('is told with its place', async () => {
    configure({ prompts: ['a.ts', 'b.ts', '*.prompt.md', 'x.py', 'none/*.ts'] });
    repository.write('a.ts', 'export const A = "x";\nexport const B = "{{";\nexport const $C = "x";\n');
    repository.write('b.ts', 'export * from "./c";\nexport { D } from "pkg";\nexport const A = "y";\n');
    repository.write('chat.prompt.md', '---\nmessages: [{role: user, content: a}]\n---\n');
    repository.write('full.prompt.md', '---\nmode: full\n---\nx\n');
    repository.write('tools.prompt.md', '---\nresponse_format: {type: json_object}\n---\nx\n');
    repository.write('x.py', 'A = "x"\n');
    expect(await problemsOf()).toEqual([
      'prompt-ledger.config.json:1 "none/*.ts" finds no file',
      'chat.prompt.md:1 A chat prompt cannot be tracked: only text can',
      'full.prompt.md:1 It says "mode: full", which is for `prompt-ledger import`: leave it out, or exclude the file',
      'tools.prompt.md:1 A prompt with tools or a response format cannot be tracked: only text can',
      'x.py:1 It is neither a module of TypeScript or JavaScript nor a *.prompt.md',
      'b.ts:1 Exports of "./c" are not followed: name that file in the configuration too',
      'b.ts:2 Exports of "pkg" are not followed: name that file in the configuration too',
      expect.stringMatching(/^a\.ts:2 B: Correct the template at line 1, column 1: /) as string,
      expect.stringMatching(/^a\.ts:3 "\$C" is no name of a prompt: it must be 1 to 200/) as string,
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
