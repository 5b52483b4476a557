import type { ServerResponse } from 'node:http';
import { type RawAnswer, writeRawAnswer } from '../../../infra/http/index.js';
import type { AnswerEvent, AnsweringModel, AnswerSink } from '../answer-sink.js';
import type { StreamedExecutionDto } from '../executions.dto.js';
import type { StreamFormat } from './stream-format.js';

/** Shorter than proxies and clients have patience with a silent connection. */
const KEEP_ALIVE_MS = 15_000;
/** How long a reader may take for what it was sent last; who does not read at all would hold it for ever. */
const LONGEST_FLUSH_MS = 30_000;

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // Proxies of nginx's kind would gather the pieces.
  'X-Accel-Buffering': 'no',
};

/**
 * The answer to one request, written as it comes. A slow reader is waited for: what it has not taken is at most what its
 * socket buffers and one piece.
 */
export class EventStream implements AnswerSink {
  private readonly left = new AbortController();
  private keepAlive: NodeJS.Timeout | undefined;
  private isOver = false;
  private pieces = 0;

  constructor(
    private readonly response: ServerResponse,
    private readonly format: StreamFormat,
  ) {
    // A client may have left before there was anything to listen to.
    if (response.destroyed) this.closed();
    else response.once('close', () => this.closed());
  }

  get signal(): AbortSignal {
    return this.left.signal;
  }

  get hasSent(): boolean {
    return this.pieces > 0;
  }

  get hasBegun(): boolean {
    return this.response.headersSent;
  }

  begin(execution: StreamedExecutionDto, headers: Readonly<Record<string, string>>): void {
    this.open(headers);
    this.write(this.format.begin(execution));
    this.keepAlive = setInterval(() => this.write(': keep-alive\n\n'), KEEP_ALIVE_MS);
  }

  answeredBy(model: AnsweringModel): void {
    this.format.answeredBy?.(model);
  }

  send(event: AnswerEvent): void | Promise<void> {
    this.pieces += 1;
    if (this.write(this.format.piece(event))) return;
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

  /** The end of a stream that has begun; or the whole answer, where there was nothing to wait for. */
  finish(answer: RawAnswer): void {
    clearInterval(this.keepAlive);
    this.isOver = true;
    const succeeded = answer.status === 200;
    if (this.hasBegun) {
      const body = answer.body.toString();
      this.end(succeeded ? this.format.done(body) : this.format.failed(body));
    } else if (succeeded) {
      const { 'Content-Type': _, ...headers } = answer.headers;
      this.open(headers);
      this.end(this.format.replay(answer.body.toString()));
    } else {
      writeRawAnswer(this.response, answer);
    }
  }

  private open(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries({ ...headers, ...STREAM_HEADERS })) {
      this.response.setHeader(name, value);
    }
    this.response.statusCode = 200;
    this.response.flushHeaders();
  }

  /** @returns false when the reader should be waited for. */
  private write(text: string): boolean {
    return this.response.destroyed || this.response.write(text);
  }

  private end(text: string): void {
    if (this.response.destroyed) return;
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
