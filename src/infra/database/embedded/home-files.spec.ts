import { mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureHome, findSecret, readOrCreateSecret } from './home-files.js';

let dir: string;
beforeEach(async () => (dir = await realpath(await mkdtemp(join(tmpdir(), 'home-')))));
afterEach(() => rm(dir, { recursive: true }));

describe('ensureHome', () => {
  it('makes folders that others may enter, whatever the umask', async () => {
    const umask = process.umask(0o077);
    try {
      await ensureHome(join(dir, 'a/b'));
    } finally {
      process.umask(umask);
    }
    expect((await stat(join(dir, 'a'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(dir, 'a/b'))).mode & 0o777).toBe(0o755);
  });

  it('leaves the mode of a folder that exists alone', async () => {
    await ensureHome(dir);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  it('gives one folder one name', async () => {
    await symlink(dir, join(dir, 'link'));
    expect(await ensureHome(join(dir, 'link'))).toBe(dir);
  });
});

describe('readOrCreateSecret', () => {
  it('gives everybody who asks at once the same secret, and keeps it', async () => {
    const secrets = await Promise.all(
      Array.from({ length: 20 }, () => readOrCreateSecret(dir, 'the-key', 32)),
    );
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(await readOrCreateSecret(dir, 'the-key', 32)).toBe(secrets[0]);
    expect(await readdir(dir)).toEqual(['the-key']);
  });

  it('writes a file that only its owner can read', async () => {
    const secret = await readOrCreateSecret(dir, 'the-key', 32);
    expect((await stat(join(dir, 'the-key'))).mode & 0o777).toBe(0o600);
    expect((await readFile(join(dir, 'the-key'), 'utf8')).trim()).toBe(secret);
  });

  it('gives different secrets for different names', async () => {
    expect(await readOrCreateSecret(dir, 'one', 16)).not.toBe(await readOrCreateSecret(dir, 'two', 16));
  });

  it('does not replace a damaged secret, which data may depend on', async () => {
    await writeFile(join(dir, 'the-key'), '');
    await expect(readOrCreateSecret(dir, 'the-key', 32)).rejects.toThrow(/the-key is damaged/);
  });

  it.each(['', '../up', 'Upper', '.hidden'])('refuses the name "%s"', async (name) => {
    await expect(readOrCreateSecret(dir, name, 32)).rejects.toThrow(TypeError);
  });
});

describe('findSecret', () => {
  it('finds none where none was made', async () => {
    expect(await findSecret(dir, 'the-key')).toBeNull();
  });
});
