import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { explainAccessError, hasErrorCode } from '../errors.js';

/** The content of `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  /** Null until the server has written it. */
  readonly port: number | null;
  readonly ready: boolean;
}

/**
 * - `absent`: no server, or the file of a dead one, which PostgreSQL clears itself.
 * - `stray`: no server of ours, but the process id in the file is alive: it was reassigned to another process, or it is a zombie that is
 *   never reaped (in a container whose init does not reap).
 * - `running`: a server that is starting, serving or stopping.
 */
export type PostmasterState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'stray'; readonly pid: number }
  | ({ readonly kind: 'running' } & PostmasterFile);

/**
 * Finds out whether a server is working on this data folder.
 *
 * @throws EmbeddedPostgresError when the folder belongs to another user.
 */
export async function inspectPostmaster(dataDir: string): Promise<PostmasterState> {
  const file = await readPostmasterFile(dataDir);
  if (file === null || !isAlive(file.pid)) return { kind: 'absent' };
  if (await isStray(file.pid, dataDir)) return { kind: 'stray', pid: file.pid };
  return { kind: 'running', ...file };
}

async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | null> {
  const path = join(dataDir, 'postmaster.pid');
  try {
    return parsePostmasterFile(await readFile(path, 'utf8'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw explainAccessError(error, path);
  }
}

/**
 * Lines: process id, data folder, start time, port, socket folder, listen address, shared memory, status (PostgreSQL's `miscadmin.h`,
 * LOCK_FILE_LINE_*). A starting server has not written all of them yet.
 */
export function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!(pid > 0)) return null;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return { pid, port: port > 0 ? port : null, ready: lines[7]?.trim() === 'ready' };
}

/** Counts zombies as alive. EPERM means that the process exists and belongs to another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasErrorCode(error, 'EPERM');
  }
}

/**
 * Decides by the process's name and its working directory, which for a server is its data folder. Folders are compared by identity, because
 * one may be moved under a running server. A process that cannot be inspected counts as ours; if it is not, PostgreSQL itself refuses.
 */
async function isStray(pid: number, dataDir: string): Promise<boolean> {
  const name = process.platform === 'linux' ? await nameFromProc(pid) : await nameFromPs(pid);
  if (name === null) return false;
  if (!name.endsWith('postgres')) return true;
  try {
    const [theirs, ours] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(dataDir)]);
    return theirs.ino !== ours.ino || theirs.dev !== ours.dev;
  } catch {
    // Another user's process in a container without CAP_SYS_PTRACE, or a system without /proc.
    return false;
  }
}

async function nameFromProc(pid: number): Promise<string | null> {
  try {
    return parseProcStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** Parses `pid (name) state …`, see proc(5). Returns null for a zombie. */
export function parseProcStat(text: string): string | null {
  const match = /^\d+ \((.*)\) (\S)/s.exec(text);
  if (match === null) return null;
  return match[2] === 'Z' ? '' : (match[1] ?? null);
}

async function nameFromPs(pid: number): Promise<string | null> {
  try {
    return (await promisify(execFile)('ps', ['-o', 'comm=', '-p', String(pid)])).stdout.trim();
  } catch {
    return null;
  }
}
