import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type StreamCallOptions,
  type Transport,
} from '../../core/index.js';
import { ExecutionStream } from '../../streams/execution-stream.js';
import type {
  ExecuteContentRequest,
  ExecuteRequest,
  Execution,
  ExecutionList,
  ExecutionResult,
  ExecutionSummary,
  ListExecutionsQuery,
  RecordRequest,
  RecordResult,
  SubmitRequest,
  SubmittedExecution,
} from '../../wire/index.js';

/** The ledger answers a `:run` at its time limit; the client waits this much longer for that answer. */
const ANSWER_GRACE_MS = 10_000;

/** Runs of prompts and their records. */
export class ExecutionsResource {
  constructor(private readonly transport: Transport) {}

  /**
   * Runs a prompt, or a content that is not a stored version, and waits for the answer. For a content, the prompt and the version in the
   * answer are null.
   * @throws ProviderError `PROVIDER_FAILED` or `PROVIDER_REJECTED`, ProviderTimeoutError `PROVIDER_TIMEOUT`; each has an `executionId`.
   */
  run(
    request: Sent<ExecuteRequest> | Sent<ExecuteContentRequest>,
    options?: CallOptions,
  ): ApiPromise<ExecutionResult> {
    return this.transport.post('/v1/executions:run', request, withGrace(request.timeout_ms, options));
  }

  /**
   * Runs a prompt and streams the answer. Nothing is sent before the first use.
   * @throws the errors of `run`, from the call that reads the stream
   */
  stream(
    request: Sent<ExecuteRequest> | Sent<ExecuteContentRequest>,
    options?: StreamCallOptions,
  ): ExecutionStream {
    return this.openStream(() => Promise.resolve(request), options);
  }

  /** Like {@link stream}, for a request that is prepared when the stream is first used. */
  openStream(
    prepare: (signal: AbortSignal) => Promise<Sent<ExecuteRequest> | Sent<ExecuteContentRequest>>,
    options: StreamCallOptions = {},
  ): ExecutionStream {
    return new ExecutionStream(async (signal) => {
      const body = await prepare(signal);
      const call = withGrace(body.timeout_ms, { ...options, signal });
      return this.transport.events({ ...call, method: 'POST', path: '/v1/executions:stream', body });
    }, options.signal);
  }

  /** Queues a run. */
  submit(request: Sent<SubmitRequest>, options?: CallOptions): ApiPromise<SubmittedExecution> {
    return this.transport.post('/v1/executions:submit', request, options);
  }

  /** @param waitMs the ledger answers when the execution is final or after this many milliseconds. */
  get(
    executionId: string,
    { waitMs, ...options }: CallOptions & { waitMs?: number } = {},
  ): ApiPromise<Execution> {
    const query = waitMs === undefined ? {} : { wait_ms: waitMs };
    return this.transport.get(path`/v1/executions/${executionId}`, query, withGrace(waitMs, options));
  }

  /** Newest first, without contents. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListExecutionsQuery> = {}, options?: CallOptions): Pages<ExecutionSummary, ExecutionList> {
    return this.transport.pages('/v1/executions', 'executions', query, options);
  }

  /** @throws ConflictError `EXECUTION_DISPATCHED` or `EXECUTION_FINAL` when it is too late to cancel. */
  cancel(executionId: string, options?: CallOptions): ApiPromise<Execution> {
    return this.transport.post(path`/v1/executions/${executionId}:cancel`, undefined, options);
  }

  /**
   * Permanently erases variables, prompt, answer and all other content; facts, costs and counts stay. A second call changes nothing.
   * @throws ConflictError `EXECUTION_NOT_FINAL` while it is queued or running.
   */
  eraseContent(executionId: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/executions/${executionId}/content`, options);
  }

  /** Reports executions that a client ran itself: 1 to 100, each accepted or rejected on its own. `track` does it for you. */
  record(request: Sent<RecordRequest>, options?: CallOptions): ApiPromise<RecordResult> {
    return this.transport.post('/v1/executions:record', request, options);
  }

  /** Like {@link record}, for entries that are already JSON. */
  recordJson(entries: readonly string[], idempotencyKey: string): ApiPromise<RecordResult> {
    const json = `{"executions":[${entries.join(',')}]}`;
    return this.transport.call({ method: 'POST', path: '/v1/executions:record', json, idempotencyKey });
  }
}

/** @param limitMs the time limit sent to the ledger, in milliseconds; without it the client keeps its own limit. */
export function withGrace(
  limitMs: number | null | undefined,
  options: StreamCallOptions = {},
): StreamCallOptions {
  return limitMs == null ? options : { timeoutMs: limitMs + ANSWER_GRACE_MS, ...options };
}
