import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cluster, EMBEDDED_USER } from './server/cluster.js';
import { EmbeddedPostgresError, explainAccessError, hasErrorCode } from './errors.js';
import { chooseServerIdentity, giveTo } from './server/server-identity.js';
import { runAs } from './server/server-process.js';

const DRAFT_PREFIX = 'postgres-init-';

/**
 * Reads the major version of the PostgreSQL that created the folder. Returns null when there is no data yet.
 *
 * @throws EmbeddedPostgresError when the folder belongs to another user or holds something else.
 */
export async function findDataVersion(dataDir: string): Promise<number | null> {
  const path = join(dataDir, 'PG_VERSION');
  try {
    return Number.parseInt(await readFile(path, 'utf8'), 10);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw explainAccessError(error, dataDir);
  }
  // A folder appears whole or not at all (see below), so this one belongs to something else or was emptied by hand.
  if (await isNonEmptyFolder(dataDir)) {
    throw new EmbeddedPostgresError(
      `${dataDir} holds files but no PostgreSQL data: move it away, or restore it from a backup.`,
    );
  }
  return null;
}

/** @throws EmbeddedPostgresError when this release's PostgreSQL cannot read the data. */
export function assertSameMajorVersion(dataDir: string, dataVersion: number, serverVersion: number): void {
  if (dataVersion === serverVersion) return;
  throw new EmbeddedPostgresError(
    `The data in ${dataDir} was made by PostgreSQL ${dataVersion} and this release carries PostgreSQL ${serverVersion}: carry it over as docs/backup.md says under "Upgrade of the embedded Postgres".`,
  );
}

/**
 * Creates the data folder, which must not exist. Builds it aside and renames it, so that a start that is killed half-way leaves nothing
 * that the next one would trust. When two starts race, one wins and both succeed.
 *
 * @throws EmbeddedPostgresError when initdb fails.
 */
export async function createDataFolder(cluster: Cluster): Promise<void> {
  const { homeDir, dataDir, binaries } = cluster;
  const identity = await chooseServerIdentity(homeDir, dataDir, binaries.nativeDir);
  const draftDir = join(homeDir, `${DRAFT_PREFIX}${randomBytes(6).toString('hex')}`);
  const draftData = join(draftDir, 'data');
  const passwordFile = join(draftDir, 'password');
  try {
    await mkdir(draftDir, { mode: 0o700 });
    await writeFile(passwordFile, cluster.password, { mode: 0o600 });
    await giveTo(identity, draftDir);
    const args = initdbArgs(draftData, passwordFile);
    const { exitCode, stderr } = await runAs(identity, binaries.initdb, args, homeDir);
    if (exitCode !== 0) throw new EmbeddedPostgresError(`The data folder was not made: ${lastLine(stderr)}`);
    await chmod(draftData, 0o700);
    await rename(draftData, dataDir);
    await syncFolder(homeDir);
  } catch (error) {
    // The winner of two racing starts also clears the loser's draft, so the loser's error does not matter.
    if ((await findDataVersion(dataDir)) === null) throw explainAccessError(error, homeDir);
  } finally {
    await rm(draftDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes drafts that killed starts left behind. Only the owner of the home may call it, because then no other process creates data. */
export async function removeDrafts(homeDir: string): Promise<void> {
  for (const entry of await readdir(homeDir)) {
    if (!entry.startsWith(DRAFT_PREFIX)) continue;
    // An initdb whose parent was killed may still be writing; the next start removes what is left.
    await rm(join(homeDir, entry), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** Text sorts by code point whatever the machine's locale, which is the same on every system and the fastest. */
function initdbArgs(dataDir: string, passwordFile: string): string[] {
  return [
    `--pgdata=${dataDir}`,
    `--username=${EMBEDDED_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
}

async function isNonEmptyFolder(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).length > 0;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw explainAccessError(error, dir);
  }
}

/** Makes the rename durable. Windows cannot open folders and does not need this. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
