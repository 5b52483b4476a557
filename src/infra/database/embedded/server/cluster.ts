import { join } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.js';

/** The one superuser and the one database of an embedded server. */
export const EMBEDDED_USER = 'prompt_ledger';
export const EMBEDDED_DATABASE = 'prompt_ledger';

/** The files of one home and the program paths that serve them. */
export interface Cluster {
  /** Absolute, with symbolic links resolved. */
  readonly homeDir: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly password: string;
  readonly binaries: PostgresBinaries;
  /** Names and values as PostgreSQL spells them. */
  readonly settings: Readonly<Record<string, string>>;
}

export const PASSWORD_NAME = 'postgres-password';
/** 192 bits, enough to make guessing hopeless. */
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
 * Settings for a small machine that somebody also works on; the service itself is tuned against real servers elsewhere. They are passed on
 * the command line, not in a file, so that a new release's values apply to old data.
 */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // A socket path is limited to 107 characters, which a deep folder exceeds.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '100',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // An answered execution survives a power cut. These are the defaults, stated because everything depends on them.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Statement errors reach the service anyway; in the log they would carry prompts and variables.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};
