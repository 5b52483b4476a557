import {
  ConnectionError,
  toError,
  type EventStream,
  parseJson,
  parseProblem,
  PromptLedgerError,
  type ServerSentEvent,
} from '../core/index.js';
import type { Delta, ExecutionResult, StreamedExecution } from '../wire/index.js';

/**
 * A streamed answer of a model. `for await` yields each piece once. Nothing is sent before the first use, and nothing is read ahead of the
 * loop. Leaving the loop aborts the call, and the ledger sees its client disconnect.
 *
 * A failure rejects every pending read with the error that `run` would have thrown, after the pieces that were read before.
 */
export class ExecutionStream implements AsyncIterable<Delta> {
  private readonly controller = new AbortController();
  private opening: Promise<EventStream> | null = null;
  private events: EventStream | null = null;
  /** The read under way, shared by concurrent callers. */
  private reading: Promise<void> | null = null;
  private latest: StreamedExecution | null = null;
  private readonly unread: Delta[] = [];
  private result: ExecutionResult | null = null;
  private failure: { readonly error: unknown } | null = null;

  /** @param open called once; its signal ends the call. */
  constructor(
    private readonly open: (signal: AbortSignal) => Promise<EventStream>,
    private readonly callers: AbortSignal | undefined,
  ) {}

  /** Null before the first event. */
  get executionId(): string | null {
    return this.latest?.execution_id ?? null;
  }

  /** Status and headers, such as `Idempotency-Replayed`. The stream reads the body. Null before the stream has begun. */
  get response(): Response | null {
    return this.events?.response ?? null;
  }

  /** Resolves with the first event. Later it returns the latest, which names another model after a fallback. */
  async execution(): Promise<StreamedExecution> {
    while (this.latest === null && !this.isOver) await this.advance();
    return this.latest ?? this.fail();
  }

  /**
   * Resolves to the result that `run` gives. Reads the stream to its end, and keeps unread events for the loop.
   * @throws ConnectionError when the stream is cut; `executionId` tells which execution to look up
   */
  async final(): Promise<ExecutionResult> {
    while (!this.isOver) await this.advance();
    return this.result ?? this.fail();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delta, void, undefined> {
    try {
      for (;;) {
        const delta = this.unread.shift();
        if (delta !== undefined) yield delta;
        else if (this.isOver) break;
        else await this.advance();
      }
    } finally {
      // Has no effect on a stream that is over.
      this.abort();
    }
    if (this.failure !== null) await this.fail();
  }

  /** Ends the call. Pending reads reject with the reason, by default an `AbortError`. */
  abort(reason?: unknown): void {
    if (this.isOver) return;
    this.controller.abort(reason);
    this.unread.length = 0;
    this.endWith(this.controller.signal.reason);
  }

  private get isOver(): boolean {
    return this.result !== null || this.failure !== null;
  }

  /** @throws the failure */
  private fail(): Promise<never> {
    return Promise.reject(this.failure?.error);
  }

  private advance(): Promise<void> {
    this.reading ??= this.readEvent().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  /** Never rejects; keeps the failure instead. */
  private async readEvent(): Promise<void> {
    try {
      this.opening ??= this.start();
      this.events = await this.opening;
      const event = await this.events.next();
      if (event === null) throw new ConnectionError('The stream ended before the execution was over.', null);
      this.take(event, this.events);
    } catch (error) {
      this.endWith(error);
    }
  }

  private start(): Promise<EventStream> {
    if (this.callers?.aborted === true) this.follow();
    else this.callers?.addEventListener('abort', this.follow, { once: true });
    this.controller.signal.throwIfAborted();
    return this.open(this.controller.signal);
  }

  private take(event: ServerSentEvent, events: EventStream): void {
    if (this.isOver) return;
    if (event.type === 'execution') {
      this.latest = parseData(event) as StreamedExecution;
    } else if (event.type === 'delta') {
      const delta: Partial<Delta> = parseData(event);
      this.unread.push({ ...delta, text: delta.text ?? '' });
    } else if (event.type === 'done') {
      this.result = parseData(event) as ExecutionResult;
      this.latest ??= this.result;
      this.callers?.removeEventListener('abort', this.follow);
      void events.finish();
    } else if (event.type === 'error') {
      throw problemIn(event, events.response);
    }
  }

  private endWith(error: unknown): void {
    if (this.isOver) return;
    this.failure = { error };
    this.callers?.removeEventListener('abort', this.follow);
    // Stops the server, because the stream has no reader left.
    this.controller.abort(error);
    this.events?.dispose();
  }

  private readonly follow = (): void => {
    this.abort(this.callers?.reason);
  };
}

/** @throws PromptLedgerError `ANSWER_UNREADABLE` */
function parseData({ type, data }: ServerSentEvent): object {
  const parsed = parseJson(data);
  if (typeof parsed === 'object' && parsed !== null) return parsed;
  throw new PromptLedgerError('ANSWER_UNREADABLE', `The data of the event "${type}" is not a JSON object.`);
}

/** Builds the same error class as for a plain answer, from the status in the event. */
function problemIn({ data }: ServerSentEvent, response: Response): PromptLedgerError {
  const problem = parseProblem(data);
  if (typeof problem?.status === 'number') {
    return toError({ response, body: data, problem, status: problem.status });
  }
  return new PromptLedgerError(
    'ANSWER_UNREADABLE',
    'The stream ended with an error that is not a problem document.',
  );
}
