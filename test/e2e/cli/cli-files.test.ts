import fc from 'fast-check';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiBody } from '../../support/api-client.js';
import { cliOf } from '../cli.js';
import { promptPath, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;
let cli: ReturnType<typeof cliOf>;
let root: string;

beforeAll(async () => {
  stage = await startStage();
  cli = cliOf(stage);
  root = await mkdtemp(path.join(tmpdir(), 'ledger-test-files-'));
});
afterAll(async () => {
  await stage.close();
  await rm(root, { recursive: true, force: true });
});

interface Read {
  readonly prompts: readonly { name: string; file: string; result: string }[];
}
const folderOf = async (name: string, files: Readonly<Record<string, string>> = {}) => {
  const folder = path.join(root, name);
  await mkdir(folder);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  return folder;
};
/** Nothing, or the progress lines of work that takes over a second, as on a busy machine. */
const QUIET = expect.stringMatching(/^(?:\d+ of \d+ prompts \w+\n)*$/) as string;
const runImport = async (folder: string, ...args: string[]) => {
  const { code, stdout, stderr } = await cli(['import', folder, '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: QUIET });
  return Object.fromEntries((JSON.parse(stdout) as Read).prompts.map(({ name, result }) => [name, result]));
};
const promptOf = async (name: string) =>
  (
    await stage.admin.get<{
      mode: string;
      tags: string[];
      description: string | null;
      active_version: ApiBody;
    }>(promptPath(name))
  ).body;

describe('prompt-ledger export and import', () => {
  it('give the same checksums, whatever the texts and the names', async () => {
    const odd = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '\r', '---\n', '#', ':', '😀', '\u2028', '\uFEFF', '\t'),
      maxLength: 10,
    });
    const texts = fc.sample(odd, { numRuns: 30, seed: 7 });
    const names = [
      '..',
      '../up',
      'a/../b',
      '/abs',
      'con',
      'Case',
      'case',
      'CASE',
      'x/',
      './y',
      'f.prompt.md/g',
      'f',
    ];
    const before = new Map<string, unknown>();
    for (const [index, text] of texts.entries()) {
      const name = `odd/${names[index] ?? `n${index}`}`;
      const content =
        index % 3 === 0
          ? [
              { role: 'system', content: text },
              { role: 'user', content: 'b\n' },
            ]
          : text;
      const { version } = await putPrompt(stage.admin, name, content, {
        description: [...text].slice(0, 3).join(''),
        tags: [`t${index}`],
      });
      before.set(name, version.checksum_hash);
    }
    // All but `..`, which no URL can express, because every client resolves it.
    for (const name of names.slice(1, 8))
      before.set(name, (await putPrompt(stage.admin, name, `of ${name}\n\n`)).version.checksum_hash);

    const folder = path.join(root, 'round/trip');
    const exported = await cli(['export', folder]);
    expect(exported).toMatchObject({ code: 0, stderr: QUIET });
    expect(await readdir(path.dirname(folder))).toEqual(['trip']);
    expect((await cli(['export', folder])).stdout).toMatch(/^\d+ prompts in .*, 0 files written\.\n$/);
    expect(new Set(Object.values(await runImport(folder)))).toEqual(new Set(['unchanged']));

    // Deleted, and created again from the files.
    for (const name of before.keys()) expect((await stage.admin.delete(promptPath(name))).status).toBe(204);
    expect(new Set(Object.values(await runImport(folder)))).toEqual(new Set(['new']));
    const after = new Map<string, unknown>();
    for (const name of before.keys()) after.set(name, (await promptOf(name)).active_version['checksum_hash']);
    expect(after).toEqual(before);
    expect(await promptOf('odd/n20')).toMatchObject({
      tags: ['t20'],
      description: [...(texts[20] ?? '')].slice(0, 3).join(''),
    });
  });

  it('says what is new, changed or as it was, and a dry run writes nothing', async () => {
    await putPrompt(stage.admin, 'in/same', 'same', { description: 'kept' });
    await putPrompt(stage.admin, 'in/text', 'old');
    await putPrompt(stage.admin, 'in/about', 'about');
    const folder = await folderOf('import', {
      'in/same.prompt.md': '---\ndescription: kept\n---\nsame\n',
      'in/text.prompt.md': 'new',
      'in/about.prompt.md': '---\ntags: [a]\n---\nabout\n',
      'in/tracked.prompt.md': '---\nmode: tracking\n---\nfrom code {{x}}\n',
      'in/fresh.prompt.md': 'fresh',
    });
    const results = {
      'in/same': 'unchanged',
      'in/text': 'changed',
      'in/about': 'metadata',
      'in/tracked': 'new',
      'in/fresh': 'new',
    };
    expect(await runImport(folder, '--dry-run')).toEqual(results);
    expect((await stage.admin.get(promptPath('in/fresh'))).status).toBe(404);
    expect(await runImport(folder, '--by', 'ada', '--message', 'why')).toEqual(results);
    expect(await promptOf('in/tracked')).toMatchObject({
      mode: 'tracking',
      active_version: { template_source: 'from code {{x}}' },
    });
    expect(await promptOf('in/about')).toMatchObject({ tags: ['a'] });
    const [version] = (await stage.admin.get<ApiBody[]>(`${promptPath('in/text')}/versions`)).body;
    expect(version).toMatchObject({
      version_number: 2,
      status: 'active',
      created_by: 'ada',
      commit_message: 'why',
    });
    expect(new Set(Object.values(await runImport(folder)))).toEqual(new Set(['unchanged']));
  });

  it('warns of what vendors will refuse, of prompts of both modes', async () => {
    const schema = '{type: object, properties: {size: {type: integer}}, additionalProperties: false}';
    const format = `response_format: {type: json_schema, json_schema: {name: order, schema: ${schema}}}`;
    const folder = await folderOf('warned', {
      'warned/code.prompt.md': `---\nmode: tracking\n${format}\n---\nx\n`,
      'warned/text.prompt.md': `---\n${format}\n---\nx\n`,
    });
    const { code, stderr } = await cli(['import', folder]);
    expect(code).toBe(0);
    for (const name of ['code', 'text']) {
      const size = '/response_format/json_schema/schema/properties/size must be in "required"';
      expect(stderr).toContain(`warned/${name}.prompt.md: ${size}`);
    }
    expect(await cli(['import', folder])).toMatchObject({ code: 0, stderr: '' });
  });

  it('writes nothing when one file is wrong, and says all that is', async () => {
    await putPrompt(stage.admin, 'bad/full', 'x');
    await putPrompt(stage.admin, 'bad/kind', 'x');
    const folder = await folderOf('bad', {
      'bad/good.prompt.md': 'good',
      'bad/yaml.prompt.md': '---\nname: [\n---\n',
      'bad/template.prompt.md': '---\ntags: [a]\n---\n\n{{ x',
      'bad/full.prompt.md': '---\nmode: tracking\n---\nx\n',
      'bad/kind.prompt.md': '---\nmessages: [{role: user, content: a}]\n---\n',
      'bad/twice.prompt.md': '---\nname: bad/good\n---\n',
      'bad/tools.prompt.md':
        '---\nmode: tracking\ntools: [{type: function, function: {name: find}}]\n---\nx\n',
    });
    const { code, stdout, stderr } = await cli(['import', folder]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const problem of [
      /bad\/yaml\.prompt\.md:\d: The front matter is not valid YAML/,
      /bad\/template\.prompt\.md:4: Correct the template at line 2, column 1/,
      /bad\/full\.prompt\.md:1: Prompt "bad\/full" is in full mode in the ledger/,
      /bad\/kind\.prompt\.md:1: .* of another kind/,
      /bad\/twice\.prompt\.md:1: Prompt "bad\/good" is in bad\/good\.prompt\.md already/,
      /bad\/tools\.prompt\.md:1: A prompt with tools cannot be tracked/,
      /Nothing was written\.\n$/,
    ]) {
      expect(stderr).toMatch(problem);
    }
    expect((await stage.admin.get(promptPath('bad/good'))).status).toBe(404);
  });

  it('exports what the filters say, and tells of what has no active version', async () => {
    await stage.admin.put(promptPath('some/draft'), { template_source: 'x' });
    await putPrompt(stage.admin, 'some/active', 'x\n');
    const folder = path.join(root, 'some');
    const { code, stdout, stderr } = await cli(['export', folder, '--prefix', 'some/']);
    expect({ code, stdout: stdout.split('\n').at(-2) }).toEqual({
      code: 0,
      stdout: `1 prompt in ${folder}, 1 file written.`,
    });
    expect(stderr).toContain('some/draft has no active version');
    expect(await readFile(path.join(folder, 'some/active.prompt.md'), 'utf8')).toMatch(
      /^---\n# version 1, checksum [0-9a-f]{64}\nname: some\/active\nmode: full\n---\nx\n\n$/,
    );
  });

  it('exports no retired prompt, which the import of its file would take back', async () => {
    const prompts = ['gone/STAYS', 'gone/RETIRED'].map((name) => ({ name, template_source: 'x' }));
    await stage.admin.post('/v1/prompts/register-code', { prompts });
    await stage.admin.post('/v1/prompts:retire', { prompts: [{ name: 'gone/RETIRED' }] });
    const folder = path.join(root, 'gone-prompts');
    const exported = await cli(['export', folder, '--prefix', 'gone/', '--json']);
    const { files } = JSON.parse(exported.stdout) as { files: readonly { name: string }[] };
    expect(files.map(({ name }) => name)).toEqual(['gone/STAYS']);
  });

  it('names a folder that is a file, in a sentence', async () => {
    const file = path.join(root, 'a-file');
    await writeFile(file, '');
    expect(await cli(['export', file])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: EEXIST: file already exists, mkdir '${file}'.\n`,
    });
  });

  it('says that there is nothing to import', async () => {
    expect(await cli(['import', await folderOf('empty')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no *.prompt.md') as string,
    });
  });
});
