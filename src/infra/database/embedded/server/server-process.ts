import { type ChildProcess, spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import { EmbeddedPostgresError, hasErrorCode } from '../errors.js';
import { commandAs, type ServerIdentity } from './server-identity.js';

/** Keeps the service's own environment from the server, because it holds provider keys. */
const PASSED_ON = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/**
 * Starts one of the server's programs under the identity.
 *
 * @throws EmbeddedPostgresError when the program cannot be started at all.
 */
export async function spawnAs(
  identity: ServerIdentity,
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  const command = commandAs(identity, program, args);
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', ...options.env };
  for (const name of PASSED_ON) if (process.env[name] !== undefined) env[name] = process.env[name];
  const child = spawn(command.program, command.args, { ...options, ...command.ids, env });
  try {
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  } catch (error) {
    throw explainSpawnError(error, identity, program);
  }
  return child;
}

/** @returns what the program wrote to its standard error. */
export async function runAs(
  identity: ServerIdentity,
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ exitCode: number | null; stderr: string }> {
  const child = await spawnAs(identity, program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (exitCode !== 0) throwIfNamespaceRefused(identity, stderr);
  return { exitCode, stderr };
}

/** Containers and hardened kernels may forbid user namespaces; `unshare` reports that on standard error. */
export function throwIfNamespaceRefused(identity: ServerIdentity, stderr: string): void {
  if (identity.kind !== 'namespace' || !stderr.includes('unshare:')) return;
  throw namespaceError();
}

function namespaceError(cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and this folder is closed to other users: start as another user, move the project and PROMPT_LEDGER_HOME to folders that all users may enter, or set DATABASE_URL to a PostgreSQL server.',
    { cause },
  );
}

function explainSpawnError(error: unknown, identity: ServerIdentity, program: string): EmbeddedPostgresError {
  if (identity.kind === 'namespace' && hasErrorCode(error, 'ENOENT')) return namespaceError(error);
  const reason = error instanceof Error ? error.message : String(error);
  return new EmbeddedPostgresError(
    `${program} does not start on this system (${reason}): set DATABASE_URL to a PostgreSQL server.`,
    { cause: error },
  );
}
