import { chown, lchown, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '../errors.js';

/**
 * The user that the server runs as. PostgreSQL refuses to run as root, so root starts it
 * - `user`: with another user's ids, when that user can reach the data and the binaries;
 * - `namespace`: in a user namespace in which root is called `nobody`. Outside it is still root, so it can
 *   read below closed folders such as root's own home.
 */
export type ServerIdentity =
  | { readonly kind: 'self' }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'namespace' };

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The part of a folder's `Stats` that `canEnter` reads. */
export type FolderAccess = Account & { readonly mode: number };

/** The convention of every Unix; the id also appears in `unshare` below. */
const NOBODY: Account = { uid: 65534, gid: 65534 };

/**
 * @param homeDir must exist.
 * @param dataDir may not exist yet; existing data keeps its owner if the server can run as that user.
 * @param nativeDir the binaries' folder.
 */
export async function chooseServerIdentity(
  homeDir: string,
  dataDir: string,
  nativeDir: string,
): Promise<ServerIdentity> {
  if (process.getuid?.() !== 0) return { kind: 'self' };
  const owner = await findOwner(dataDir);
  const account = owner !== null && owner.uid !== 0 ? owner : await unprivilegedAccount();
  const open = (await canReach(account, homeDir)) && (await canReach(account, nativeDir));
  return open ? { kind: 'user', ...account } : { kind: 'namespace' };
}

/** Returns the command that runs `program` under the identity, in the form that `spawn` takes. */
export function commandAs(
  identity: ServerIdentity,
  program: string,
  args: readonly string[],
): { program: string; args: string[]; ids: { uid?: number; gid?: number } } {
  switch (identity.kind) {
    case 'self':
      return { program, args: [...args], ids: {} };
    case 'user':
      return { program, args: [...args], ids: { uid: identity.uid, gid: identity.gid } };
    case 'namespace': {
      const map = ['-U', `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`];
      return { program: 'unshare', args: [...map, '--', program, ...args], ids: {} };
    }
  }
}

/**
 * Gives a folder and everything below it to the user that the server runs as. Does nothing if the owner is already right. The owner is
 * wrong when a clone was moved into or out of a closed folder.
 */
export async function giveTo(identity: ServerIdentity, dir: string): Promise<void> {
  if (identity.kind === 'self') return;
  const { uid, gid } = identity.kind === 'user' ? identity : { uid: 0, gid: 0 };
  if ((await stat(dir)).uid === uid) return;
  for (const entry of await readdir(dir, { recursive: true })) await lchown(join(dir, entry), uid, gid);
  // The folder itself comes last, so that the next start resumes an interrupted walk.
  await chown(dir, uid, gid);
}

async function findOwner(dir: string): Promise<Account | null> {
  try {
    const { uid, gid } = await lstat(dir);
    return { uid, gid };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function unprivilegedAccount(): Promise<Account> {
  try {
    const passwd = await readFile('/etc/passwd', 'utf8');
    return findAccount(passwd, 'postgres') ?? findAccount(passwd, 'nobody') ?? NOBODY;
  } catch {
    return NOBODY;
  }
}

/** One line of /etc/passwd: `name:password:uid:gid:comment:home:shell`. */
export function findAccount(passwd: string, name: string): Account | null {
  const fields = passwd
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.split(':');
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : null;
}

async function canReach(account: Account, path: string): Promise<boolean> {
  for (let dir = path; ; dir = dirname(dir)) {
    if (!canEnter(account, await stat(dir))) return false;
    if (dir === dirname(dir)) return true;
  }
}

/** Whether the folder's mode lets the account enter it. Assumes an account without supplementary groups, as ours is. */
export function canEnter(account: Account, folder: FolderAccess): boolean {
  if (folder.uid === account.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === account.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}
