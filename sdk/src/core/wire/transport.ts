import { ApiPromise, type Answer } from '../api-promise.js';
import type { Connection } from '../config.js';
import { Deadline } from '../deadline.js';
import { ConnectionError, toError, NotFoundError } from '../errors.js';
import { checkHeaders } from './check-headers.js';
import { Chunks, EventStream, type OpenedStream } from './event-stream.js';
import { notFromLedger, parseAnswer, parseProblem, describeReason } from './answers.js';
import { toJsonText } from './json-text.js';
import { type Cursor, Pages } from '../pages.js';
import { toQuery } from '../path.js';
import { randomId } from '../random-id.js';
import { type Repeating, getRepeating } from './repeating.js';
import { type Attempt, tryUntilOver } from './tries.js';
import { VERSION } from '../version.js';

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time limit for the call in milliseconds, including all its tries. */
  readonly timeoutMs?: number | undefined;
  readonly maxRetries?: number | undefined;
  /**
   * The idempotency key of a POST whose answer the ledger keeps under one. Default: a generated key, the same for all tries. Routes that
   * declare the header `Idempotency-Key` use it; others ignore it.
   */
  readonly idempotencyKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface StreamCallOptions extends CallOptions {
  /** Milliseconds until the first bytes of the stream, including all tries. The whole stream has no limit. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds without any byte, including keep-alives, before the stream is given up. Default: the client's `timeoutMs`. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: object;
  readonly body?: unknown;
  /** A body that is already JSON. */
  readonly json?: string;
  /** True when the answer is text that is not parsed. */
  readonly isText?: boolean;
  /** The effect of sending the call twice, if the route alone does not determine it. Default: by method and route. */
  readonly repeating?: Repeating;
}

export type StreamCall = Call & StreamCallOptions;

/** The prepared request, which every try sends. */
interface Request {
  readonly url: string;
  readonly init: RequestInit;
}

/**
 * Calls the ledger: one request per try, and one time limit and idempotency key for all tries of a call. After a lost answer, a request
 * that would be carried out twice is not sent again.
 */
export class Transport {
  constructor(private readonly connection: Connection) {}

  get<T>(path: string, query?: object, options: CallOptions = {}): ApiPromise<T> {
    return this.call({ ...options, method: 'GET', path, ...(query === undefined ? {} : { query }) });
  }

  /** Fetches a paginated list. @param name the list's name in a page. */
  pages<Name extends string, Item, Page extends Cursor & Readonly<Record<Name, readonly Item[]>>>(
    path: string,
    name: Name,
    query: object,
    options?: CallOptions,
  ): Pages<Item, Page> {
    return new Pages<Item, Page>(
      (cursor) => this.get(path, { ...query, cursor }, options),
      (page) => page[name],
    );
  }

  /** Fetches an answer that is not JSON. */
  getText(path: string, query?: object, options: CallOptions = {}): ApiPromise<string> {
    return this.call({
      ...options,
      method: 'GET',
      path,
      isText: true,
      ...(query === undefined ? {} : { query }),
    });
  }

  post<T>(path: string, body: unknown, options: CallOptions = {}): ApiPromise<T> {
    return this.call({ ...options, method: 'POST', path, body });
  }

  put<T>(path: string, body: unknown, options: CallOptions = {}): ApiPromise<T> {
    return this.call({ ...options, method: 'PUT', path, body });
  }

  patch<T>(path: string, body: unknown, options: CallOptions = {}): ApiPromise<T> {
    return this.call({ ...options, method: 'PATCH', path, body });
  }

  delete(path: string, options: CallOptions = {}): ApiPromise<void> {
    return this.call({ ...options, method: 'DELETE', path });
  }

  /**
   * @throws ApiError of the class of its status
   * @throws ConnectionError when no answer came
   * @throws OutcomeUnknownError when the answer was lost and sending the call again would carry it out twice
   * @throws TimeoutError when the time was up
   */
  call<T>(call: Call): ApiPromise<T> {
    return ApiPromise.of(() => this.send<T>(call));
  }

  /**
   * Returns the events of a call once their first bytes arrive. Until then the same tries, key and time limit apply as for every call.
   * Afterwards nothing is retried, and only silence is limited.
   * @throws as `call` does
   */
  async events(call: StreamCall): Promise<EventStream> {
    const repeating = repeatingOfCall(call);
    const request = this.prepare(call, repeating, 'text/event-stream, application/json');
    const what = `${call.method} ${call.path}`;
    const deadline = this.startDeadline(call, repeating, `The beginning of ${what}`);
    try {
      const opened = await this.tryUntilOver(call, repeating, deadline, () =>
        this.openOnce(request, deadline.signal),
      );
      return new EventStream(opened, deadline, call.idleTimeoutMs ?? this.connection.timeoutMs, what);
    } catch (error) {
      // Aborts the connection, because nothing reads the rest.
      deadline.abort(error);
      deadline.dispose();
      throw error;
    }
  }

  private async send<T>(call: Call): Promise<Answer<T>> {
    const { isText = false } = call;
    const repeating = repeatingOfCall(call);
    const request = this.prepare(call, repeating, isText ? '*/*' : 'application/json');
    const deadline = this.startDeadline(call, repeating, `${call.method} ${call.path}`);
    try {
      return await this.tryUntilOver(call, repeating, deadline, async (isAfterLost) => {
        try {
          return await this.sendOnce<T>(request, deadline.signal, isText);
        } catch (error) {
          if (call.method === 'DELETE' && isAfterLost && isGone(error)) return doneBefore<T>(error);
          throw error;
        }
      });
    } finally {
      deadline.dispose();
    }
  }

  private startDeadline(
    { timeoutMs = this.connection.timeoutMs, signal }: Call,
    repeating: Repeating,
    what: string,
  ): Deadline {
    const hint =
      repeating === 'again'
        ? 'It may have been carried out all the same: look before you send it again.'
        : '';
    return new Deadline(timeoutMs, signal, what, hint);
  }

  private tryUntilOver<T>(
    call: Call,
    repeating: Repeating,
    deadline: Deadline,
    attempt: Attempt<T>,
  ): Promise<T> {
    return tryUntilOver(attempt, {
      deadline,
      maxRetries: call.maxRetries ?? this.connection.maxRetries,
      repeating,
      what: `${call.method} ${call.path}`,
    });
  }

  private prepare(
    { method, path, query, body, json, headers, idempotencyKey }: Call,
    repeating: Repeating,
    accept: string,
  ): Request {
    const content = json ?? (body === undefined ? undefined : toJsonText(body));
    const url = this.connection.baseUrl + path + toQuery(query ?? {});
    const key = idempotencyKey ?? (repeating === 'keyed' ? randomId() : undefined);
    return {
      url,
      init: {
        method,
        // A redirect would send the key to another address.
        redirect: 'error',
        headers: checkHeaders({
          accept,
          'x-api-key': this.connection.apiKey,
          ...(isNode() ? { 'user-agent': `prompt-ledger-client/${VERSION}` } : {}),
          ...(content === undefined ? {} : { 'content-type': 'application/json' }),
          ...(method === 'POST' && key !== undefined ? { 'idempotency-key': key } : {}),
          ...this.connection.headers,
          ...headers,
        }),
        ...(content === undefined ? {} : { body: content }),
      },
    };
  }

  private async sendOnce<T>(
    { url, init }: Request,
    signal: AbortSignal,
    isText: boolean,
  ): Promise<Answer<T>> {
    const { response, body } = await this.connecting(signal, async () => {
      const answer = await this.connection.fetch(url, { ...init, signal });
      return { response: answer, body: await answer.text() };
    });
    if (!response.ok) throw toError({ response, body, problem: parseProblem(body) });
    return { data: (isText ? body : parseAnswer(body, url)) as T, response, body };
  }

  private async openOnce({ url, init }: Request, signal: AbortSignal): Promise<OpenedStream> {
    const response = await this.connecting(signal, () => this.connection.fetch(url, { ...init, signal }));
    if (!response.ok) {
      const body = await this.connecting(signal, () => response.text());
      throw toError({ response, body, problem: parseProblem(body) });
    }
    const { baseUrl } = this.connection;
    if (response.body === null || !isEventStream(response)) throw notFromLedger(url, 'a stream of events');
    const chunks = new Chunks(response.body, signal, baseUrl);
    const first = await chunks.read();
    if (first === null) throw new ConnectionError(`The stream from ${baseUrl} ended before it began.`, null);
    return { response, first, chunks };
  }

  /** @throws ConnectionError, or the reason of the signal */
  private async connecting<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      signal.throwIfAborted();
      throw new ConnectionError(
        `No answer from ${this.connection.baseUrl}: ${describeReason(cause)}.`,
        cause,
      );
    }
  }
}

function repeatingOfCall({ method, path, repeating }: Call): Repeating {
  return repeating ?? getRepeating(method, path);
}

/** Whether the 404 is the ledger's own and not that of a proxy. */
function isGone(error: unknown): error is NotFoundError {
  return error instanceof NotFoundError && error.problem !== null;
}

/** The answer to a repeated deletion that finds nothing. It counts as success: the first request deleted it, and its answer was lost. */
function doneBefore<T>({ response, body }: NotFoundError): Answer<T> {
  return { data: undefined as T, response, body };
}

function isEventStream({ headers }: Response): boolean {
  return /^text\/event-stream\s*(;|$)/i.test(headers.get('content-type') ?? '');
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}
