import { ApiPromise, type Answer } from './api-promise.js';
import type { Connection } from './config.js';
import { Deadline } from './deadline.js';
import { ApiError, ConnectionError, errorOf, PromptLedgerError } from './errors.js';
import { parseJson, problemOf } from './answers.js';
import { queryOf } from './path.js';
import { randomId } from './random-id.js';
import { retryAfterMsOf, sleep, waitBefore } from './waiting.js';
import { VERSION } from './version.js';

/** What a caller may say about one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the call with all its tries. */
  readonly timeoutMs?: number | undefined;
  readonly maxRetries?: number | undefined;
  /** Of a POST. Default: one of its own, the same for all its tries. */
  readonly idempotencyKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: object;
  readonly body?: unknown;
  /** A body that is JSON already. */
  readonly json?: string;
}

/** The prepared request: each try sends the same. */
interface Request {
  readonly url: string;
  readonly init: RequestInit;
}

/** Calls the ledger: one request a try, tries within one time limit, one idempotency key for all of them. */
export class Transport {
  constructor(private readonly connection: Connection) {}

  get<T>(path: string, query?: object, options: CallOptions = {}): ApiPromise<T> {
    return this.call({ ...options, method: 'GET', path, ...(query === undefined ? {} : { query }) });
  }

  post<T>(path: string, body: unknown, options: CallOptions = {}): ApiPromise<T> {
    return this.call({ ...options, method: 'POST', path, body });
  }

  put<T>(path: string, body: unknown, options: CallOptions = {}): ApiPromise<T> {
    return this.call({ ...options, method: 'PUT', path, body });
  }

  delete(path: string, options: CallOptions = {}): ApiPromise<void> {
    return this.call({ ...options, method: 'DELETE', path });
  }

  /**
   * @throws ApiError of the class of its status
   * @throws ConnectionError when no answer came
   * @throws TimeoutError when its time was up
   */
  call<T>(call: Call): ApiPromise<T> {
    return ApiPromise.of(() => this.send<T>(call));
  }

  private async send<T>(call: Call): Promise<Answer<T>> {
    const request = this.prepare(call);
    const limitMs = call.timeoutMs ?? this.connection.timeoutMs;
    const deadline = new Deadline(limitMs, call.signal, `${call.method} ${call.path}`);
    try {
      return await this.tryUntilOver<T>(request, deadline, call.maxRetries ?? this.connection.maxRetries);
    } finally {
      deadline.dispose();
    }
  }

  private async tryUntilOver<T>(
    request: Request,
    deadline: Deadline,
    maxRetries: number,
  ): Promise<Answer<T>> {
    for (let retry = 1; ;) {
      try {
        return await this.sendOnce<T>(request, deadline.signal);
      } catch (error) {
        // While the first request with the key is still being worked on, waiting for its answer is no new try.
        const isWaiting = error instanceof ApiError && error.code === 'IDEMPOTENCY_IN_FLIGHT';
        if (!isWaiting && (retry > maxRetries || !isRetryable(error))) throw error;
        const retryAfterMs = error instanceof ApiError ? retryAfterMsOf(error.response.headers) : null;
        const waitMs = waitBefore(retry, retryAfterMs);
        // What went wrong says more than a time limit that is known to be missed.
        if (waitMs >= deadline.leftMs) throw error;
        await sleep(waitMs, deadline.signal);
        if (!isWaiting) retry += 1;
      }
    }
  }

  private prepare({ method, path, query, body, json, headers, idempotencyKey }: Call): Request {
    const content = json ?? (body === undefined ? undefined : JSON.stringify(body));
    const url = this.connection.baseUrl + path + queryOf(query ?? {});
    return {
      url,
      init: {
        method,
        // A redirect would carry the key to wherever it points.
        redirect: 'error',
        headers: {
          accept: 'application/json',
          'x-api-key': this.connection.apiKey,
          ...(isNode() ? { 'user-agent': `prompt-ledger-client/${VERSION}` } : {}),
          ...(content === undefined ? {} : { 'content-type': 'application/json' }),
          ...(method === 'POST' ? { 'idempotency-key': idempotencyKey ?? randomId() } : {}),
          ...this.connection.headers,
          ...headers,
        },
        ...(content === undefined ? {} : { body: content }),
      },
    };
  }

  private async sendOnce<T>({ url, init }: Request, signal: AbortSignal): Promise<Answer<T>> {
    signal.throwIfAborted();
    let response: Response;
    let body: string;
    try {
      response = await this.connection.fetch(url, { ...init, signal });
      body = await response.text();
    } catch (cause) {
      signal.throwIfAborted();
      throw new ConnectionError(`No answer from ${this.connection.baseUrl}: ${reasonOf(cause)}.`, cause);
    }
    if (!response.ok) throw errorOf({ response, body, problem: problemOf(body) });
    return { data: parseAnswer(body, url) as T, response, body };
  }
}

/** A connection that broke, and what docs/errors.md of the server says to try again. */
function isRetryable(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ApiError)) return false;
  if (error.status === 408 || error.status === 429) return true;
  // An execution that failed is the answer, and its key gives it again; something without a problem is a proxy's.
  if (error.executionId !== null || (error.problem !== null && error.status !== 503)) return false;
  return [502, 503, 504].includes(error.status) && error.code !== 'PROVIDER_NOT_CONFIGURED';
}

function parseAnswer(body: string, url: string): unknown {
  if (body === '') return undefined;
  const parsed = parseJson(body);
  if (parsed === undefined) {
    throw new PromptLedgerError(
      'ANSWER_UNREADABLE',
      `What ${url} answered is not JSON: is it a ledger's URL?`,
    );
  }
  return parsed;
}

/** undici says "fetch failed" and has the reason in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  // Of several addresses that all failed there is a code and no message.
  return cause.message === '' ? ((cause as { code?: string }).code ?? cause.name) : cause.message;
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}
