import type { ServerResponse } from 'node:http';
import { type RawAnswer, writeRawAnswer } from '../../../infra/http/index.js';
import type { AnswerEvent, AnsweringModel, AnswerSink, AskedModelName } from '../runs/answer-sink.js';
import type { StreamedExecutionDto } from '../wire/executions.dto.js';
import type { StreamFormat } from './stream-format.js';

/** Shorter than the silence that proxies and clients tolerate. */
const KEEP_ALIVE_MS = 15_000;
/** How often a further call extends the wait for the head by such a span. A proxy tolerates about a minute. */
const MOST_PROLONGED = 2;
/** How long a reader may take for the last bytes. One that does not read at all would hold the connection for ever. */
const LONGEST_FLUSH_MS = 30_000;

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // Keeps proxies such as nginx from buffering the pieces.
  'X-Accel-Buffering': 'no',
};

/** The head of the answer and the text before the first piece. */
interface Opening {
  readonly headers: (model: AskedModelName) => Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Writes the answer to one request as it streams. The head waits for the first piece, so that a call which fails before it is
 * answered with its own status, which clients base their retries and error classes on. After {@link KEEP_ALIVE_MS} of silence
 * the head goes out anyway, because clients do not wait for ever for one. A further call after a failed one gets that time for
 * itself.
 *
 * A slow reader is waited for, so that at most its socket's buffer and one piece are pending.
 */
export class EventStream implements AnswerSink {
  private readonly left = new AbortController();
  private keepAlive: NodeJS.Timeout | undefined;
  private opening: Opening | null = null;
  /** The model that is being called; null before the beginning. */
  private model: AskedModelName | null = null;
  private isOver = false;
  private pieces = 0;
  private silentSinceMs = performance.now();
  private calls = 0;

  constructor(
    private readonly response: ServerResponse,
    private readonly format: StreamFormat,
  ) {
    // The client may have left before anything listened.
    if (response.destroyed) this.closed();
    else response.once('close', () => this.closed());
  }

  get signal(): AbortSignal {
    return this.left.signal;
  }

  get hasSent(): boolean {
    return this.pieces > 0;
  }

  get patienceMs(): number {
    if (this.hasBegun) return Number.POSITIVE_INFINITY;
    return Math.max(0, KEEP_ALIVE_MS - (performance.now() - this.silentSinceMs));
  }

  /** Whether the head has gone out. */
  get hasBegun(): boolean {
    return this.response.headersSent;
  }

  begin(execution: StreamedExecutionDto, headers: Opening['headers']): void {
    this.model = execution.model;
    this.silentSinceMs = performance.now();
    this.opening = { headers, text: this.format.begin(execution) };
    this.keepAlive = setInterval(() => this.write(`${this.open()}: keep-alive\n\n`), KEEP_ALIVE_MS);
  }

  calling(model: AskedModelName): void {
    this.model = model;
    this.calls += 1;
    const isProlonged = this.calls > 1 && this.calls <= 1 + MOST_PROLONGED;
    if (isProlonged && !this.hasBegun) {
      this.silentSinceMs = performance.now();
      this.keepAlive?.refresh();
    }
    // Until the provider names another, the answering model is the one that was called.
    this.format.answeredBy?.({ servedModelName: model.model_name });
  }

  answeredBy(model: AnsweringModel): void {
    this.format.answeredBy?.(model);
  }

  send(event: AnswerEvent): void | Promise<void> {
    this.pieces += 1;
    if (this.write(this.open() + this.format.piece(event))) return;
    return new Promise((resolve) => {
      const settle = (): void => {
        this.response.off('drain', settle);
        this.response.off('close', settle);
        resolve();
      };
      this.response.once('drain', settle);
      this.response.once('close', settle);
    });
  }

  /** Ends a stream that has begun, or sends the whole answer when no piece came before. */
  finish(answer: RawAnswer): void {
    this.release();
    if (this.response.destroyed) return;
    const body = answer.body.toString();
    const succeeded = answer.status === 200;
    if (this.hasBegun) {
      this.end(succeeded ? this.format.done(body) : this.format.failed(body));
    } else if (!succeeded) {
      writeRawAnswer(this.response, answer);
    } else {
      const { 'Content-Type': _, ...headers } = answer.headers;
      const text = this.opening === null ? this.format.replay(body) : this.open() + this.format.done(body);
      this.setHead(headers);
      // Sent in chunks like any other stream, not as a document of known length.
      this.response.flushHeaders();
      this.end(text);
    }
  }

  /** Stops the keep-alive. A client that leaves after this aborts nothing, because the answer is over or written elsewhere. */
  release(): void {
    clearInterval(this.keepAlive);
    this.isOver = true;
  }

  /** Sets the head, which goes out with the next write. @returns the text to put before that write; "" once the head has gone out. */
  private open(): string {
    const { opening, model } = this;
    if (opening === null || model === null) return '';
    this.opening = null;
    this.setHead(opening.headers(model));
    return opening.text;
  }

  private setHead(headers: Readonly<Record<string, string>>): void {
    if (this.response.destroyed) return;
    for (const [name, value] of Object.entries({ ...headers, ...STREAM_HEADERS })) {
      this.response.setHeader(name, value);
    }
    this.response.statusCode = 200;
  }

  /** @returns false when the reader should be waited for. */
  private write(text: string): boolean {
    return this.response.destroyed || this.response.write(text);
  }

  private end(text: string): void {
    this.response.end(text);
    if (this.response.writableFinished) return;
    const timer = setTimeout(() => this.response.destroy(), LONGEST_FLUSH_MS);
    timer.unref();
    this.response.once('close', () => clearTimeout(timer));
  }

  private closed(): void {
    clearInterval(this.keepAlive);
    if (!this.isOver) this.left.abort(new Error('the reader of the stream has left'));
  }
}
