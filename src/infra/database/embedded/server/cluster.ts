import { join } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.js';

/** The one superuser and the one database of an embedded server. */
export const EMBEDDED_USER = 'prompt_ledger';
export const EMBEDDED_DATABASE = 'prompt_ledger';

/** The files of one home, and what serves them. */
export interface Cluster {
  /** Absolute, symbolic links resolved. */
  readonly homeDir: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly password: string;
  readonly binaries: PostgresBinaries;
  /** PostgreSQL's names and values. */
  readonly settings: Readonly<Record<string, string>>;
}

export const PASSWORD_NAME = 'postgres-password';
/** Enough that guessing is hopeless: 192 bits. */
export const PASSWORD_SIZE_BYTES = 24;

export function toDataDir(homeDir: string): string {
  return join(homeDir, 'postgres');
}

export function toLogFile(homeDir: string): string {
  return join(homeDir, 'postgres.log');
}

/** The connection URL of a database on this machine. */
export function localUrl(port: number, password: string, database: string): string {
  return `postgres://${EMBEDDED_USER}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * For a small machine that somebody also works on; the service is tuned against real servers elsewhere.
 * They go on the command line and not into a file, so that a new release's values reach old data.
 */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // A socket's path may have 107 characters at most, which a deep folder exceeds.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '100',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // An answered execution survives the power cord. These are the defaults, stated because all rests on them.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Errors of statements reach the service anyway; in the log they would carry prompts and variables.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};
