import { ConfigurationError } from './errors.js';

/** `fetch` or a compatible function. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ConnectionOptions {
  /** The address of the ledger. Default: `PROMPT_LEDGER_URL`, or `http://localhost:8000`. */
  readonly baseUrl?: string | undefined;
  /** Default: `PROMPT_LEDGER_API_KEY`. */
  readonly apiKey?: string | undefined;
  /** Name or id of the project to act in, for the instance's key. Default: `PROMPT_LEDGER_PROJECT`, or the key's own project. */
  readonly project?: string | undefined;
  /** Time limit for one call in milliseconds, including all its tries. Default 90,000. */
  readonly timeoutMs?: number | undefined;
  /** The most retries of a call. Default 3. */
  readonly maxRetries?: number | undefined;
  /** Additional headers for every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;
}

export interface Connection {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: Fetch;
}

const DEFAULT_URL = 'http://localhost:8000';
/** Longer than the ledger's limit for a `:run` (`DEFAULT_TIMEOUT_MS`, a minute), so that the ledger's own answer arrives. */
const DEFAULT_TIMEOUT_MS = 90_000;
const DEFAULT_MAX_RETRIES = 3;

/** @throws ConfigurationError without a key or for an invalid URL. */
export function toConnection(options: ConnectionOptions): Connection {
  const apiKey = options.apiKey ?? environment('PROMPT_LEDGER_API_KEY');
  if (apiKey === undefined) {
    throw new ConfigurationError('Set PROMPT_LEDGER_API_KEY to a key of the ledger, or pass it as `apiKey`.');
  }
  const project = options.project ?? environment('PROMPT_LEDGER_PROJECT');
  return {
    baseUrl: parseUrl(options.baseUrl ?? environment('PROMPT_LEDGER_URL') ?? DEFAULT_URL),
    apiKey,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxRetries: options.maxRetries ?? DEFAULT_MAX_RETRIES,
    headers: { ...(project === undefined ? {} : { 'x-project': project }), ...options.headers },
    // Called through a closure, because browsers refuse a `fetch` whose `this` is another object.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
  };
}

/** Reads a variable. Browsers have no `process`, and an empty variable counts as unset. */
function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const value = process?.env?.[name];
  return value === '' ? undefined : value;
}

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/i.test(text)) {
    throw new ConfigurationError(`Give the ledger's URL as http(s)://host[:port], not "${text}".`);
  }
  return text.replace(/\/+$/, '');
}
