import { mkdtemp, readFile, realpath, rm, symlink, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPromptFolder, writeBelow } from './prompt-folder.js';

let folder: string;
let elsewhere: string;
const at = (...segments: string[]) => path.join(folder, ...segments);

beforeEach(async () => {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'ledger-test-folder-')));
  folder = path.join(root, 'prompts');
  elsewhere = path.join(root, 'elsewhere');
  await mkdir(folder);
  await mkdir(elsewhere);
});
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

describe('reading a folder', () => {
  it('finds what is below, under the name of its path or its own, and says what it cannot read', async () => {
    await mkdir(at('team'));
    await writeFile(at('team/welcome.prompt.md'), 'Hello\n');
    await writeFile(at('b.prompt.md'), '---\nname: other/name\n---\nB\n');
    await writeFile(at('bad.prompt.md'), '---\nname: a b\n---\n');
    await writeFile(at('bytes.prompt.md'), Buffer.from([0x61, 0xff]));
    await writeFile(at('README.md'), 'no prompt');
    const { files, problems } = await readPromptFolder(folder);
    expect(files.map(({ name, file }) => [name, file])).toEqual([
      ['other/name', 'b.prompt.md'],
      ['team/welcome', 'team/welcome.prompt.md'],
    ]);
    expect(problems).toMatchObject([
      { file: 'bad.prompt.md', line: 1 },
      { file: 'bytes.prompt.md', line: 1, message: 'The file is not UTF-8.' },
    ]);
  });

  it('says that there is none', async () => {
    await expect(readPromptFolder(at('nowhere'))).rejects.toThrow(/There is no folder/);
  });
});

describe('writing below a folder', () => {
  const write = (file: string, text: string, dryRun = false) => writeBelow(folder, file, text, { dryRun });

  it('says what it did, and leaves alone what is as it should be', async () => {
    expect(await write('a/b.prompt.md', 'x')).toBe('created');
    expect(await write('a/b.prompt.md', 'x')).toBe('unchanged');
    expect(await write('a/b.prompt.md', 'y', true)).toBe('updated');
    expect(await readFile(at('a/b.prompt.md'), 'utf8')).toBe('x');
    expect(await write('a/b.prompt.md', 'y')).toBe('updated');
    expect(await readFile(at('a/b.prompt.md'), 'utf8')).toBe('y');
  });

  it('follows no link out of it', async () => {
    await symlink(elsewhere, at('team'));
    await writeFile(path.join(elsewhere, 'file'), 'mine');
    await symlink(path.join(elsewhere, 'file'), at('a.prompt.md'));
    await symlink(path.join(elsewhere, 'new'), at('b.prompt.md'));
    for (const file of ['team/x.prompt.md', 'team/deep/x.prompt.md', 'a.prompt.md', 'b.prompt.md']) {
      await expect(write(file, 'x')).rejects.toThrow(/is a link/);
    }
    expect(await readFile(path.join(elsewhere, 'file'), 'utf8')).toBe('mine');
  });
});
