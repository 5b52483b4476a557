import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quickStart } from '../support/start/quick-start.js';
import { ADMIN_KEY, type Stage } from './stage.js';

export const CLI = path.join(__dirname, '../../dist/src/cli.js');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Default: a folder without a configuration. */
  readonly cwd?: string;
  /** The whole environment of the process, except for PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs the command line in its own process, without a terminal. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [...quickStart(), CLI, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env.PATH, ...options.env },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A process that has ended reads no more.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs commands against the ledger of a stage, as its admin. */
export function cliOf(stage: Stage, common: CliOptions = {}) {
  const env = { PROMPT_LEDGER_URL: stage.ledger.url, PROMPT_LEDGER_API_KEY: ADMIN_KEY };
  return (args: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
    runCli(args, { ...common, ...options, env: { ...env, ...common.env, ...options.env } });
}
