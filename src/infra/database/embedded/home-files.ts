import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError, explainAccessError, hasErrorCode } from './errors.js';

const SECRET_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Creates the home folder if it is missing, readable by all: as root the server runs as another user, which must be able to reach its data.
 * Secret files inside have their own mode. An existing folder keeps its mode, because it may belong to another user.
 *
 * @returns the path with symbolic links resolved, so that one folder has one name in every process.
 * @throws EmbeddedPostgresError when the folder cannot be created.
 */
export async function ensureHome(homeDir: string): Promise<string> {
  const wanted = resolve(homeDir);
  try {
    const firstMade = await mkdir(wanted, { recursive: true });
    if (firstMade !== undefined) await openUp(firstMade, wanted);
    return await realpath(wanted);
  } catch (error) {
    throw explainAccessError(error, wanted);
  }
}

/** Opens folders whose mode the umask may have restricted in mkdir. */
async function openUp(firstMade: string, last: string): Promise<void> {
  for (let dir = last; ; dir = dirname(dir)) {
    await chmod(dir, 0o755);
    if (dir === firstMade || dir === dirname(dir)) return;
  }
}

/**
 * Reads the secret in `<homeDir>/<name>` (mode 0600), creating it on first use. Processes that race get the same one.
 *
 * @param name kebab-case file name, such as `key-hash-secret`.
 * @param sizeBytes how much randomness a new secret has; it is written as lower-case hex, two characters a byte.
 * @throws EmbeddedPostgresError when the file is damaged or belongs to another user.
 */
export async function readOrCreateSecret(homeDir: string, name: string, sizeBytes: number): Promise<string> {
  const home = await ensureHome(homeDir);
  return (await findSecret(home, name)) ?? (await createSecret(home, name, sizeBytes));
}

/**
 * @returns the secret in `<homeDir>/<name>`, or null when there is none.
 * @throws EmbeddedPostgresError when the file is damaged or belongs to another user.
 */
export async function findSecret(homeDir: string, name: string): Promise<string | null> {
  if (!SECRET_NAME.test(name)) throw new TypeError(`"${name}" is not a kebab-case file name.`);
  const path = join(homeDir, name);
  let secret: string;
  try {
    secret = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw explainAccessError(error, path);
  }
  if (!/^[0-9a-f]+$/.test(secret)) {
    throw new EmbeddedPostgresError(`${path} is damaged: restore it from a backup of the folder.`);
  }
  return secret;
}

/** Writes the file aside and links it into place: no one reads half a secret, and the second of two writers loses. */
async function createSecret(home: string, name: string, sizeBytes: number): Promise<string> {
  const path = join(home, name);
  const draft = join(home, `.${name}.${randomBytes(6).toString('hex')}`);
  const secret = randomBytes(sizeBytes).toString('hex');
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${secret}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
    return secret;
  } catch (error) {
    const winner = hasErrorCode(error, 'EEXIST') ? await findSecret(home, name) : null;
    if (winner !== null) return winner;
    throw explainAccessError(error, path);
  } finally {
    await rm(draft, { force: true });
  }
}
