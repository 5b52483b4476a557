import { LedgerClient } from '../../../sdk/src/index.js';
import { DEFAULT_API_KEY } from '../../kernel/index.js';
import { CliError } from './cli-error.js';

/** The flags of every command that talks to the ledger. */
export interface LedgerFlags {
  readonly url?: string;
  readonly key?: string;
  /** A name or an id. */
  readonly project?: string;
  /** Prints one JSON document, for programs. */
  readonly json?: boolean;
}

const DEFAULT_URL = 'http://localhost:8000';

/**
 * Connects to the ledger of `--url`, `PROMPT_LEDGER_URL`, the configuration or this machine, with the key of `--key` or
 * `PROMPT_LEDGER_API_KEY`. On this machine the published default key is enough.
 * @throws CliError without a key for another machine
 */
export async function connect(flags: LedgerFlags, configuredUrl?: string): Promise<LedgerClient> {
  const baseUrl = flags.url ?? variable('PROMPT_LEDGER_URL') ?? configuredUrl ?? DEFAULT_URL;
  const apiKey = flags.key ?? variable('PROMPT_LEDGER_API_KEY') ?? publishedKey(baseUrl);
  return new LedgerClient({ baseUrl, apiKey, project: flags.project });
}

function publishedKey(url: string): string {
  if (!isLoopback(url)) {
    throw new CliError(`Set PROMPT_LEDGER_API_KEY to a key for ${url}, or pass one with --key.`);
  }
  return DEFAULT_API_KEY;
}

export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}
