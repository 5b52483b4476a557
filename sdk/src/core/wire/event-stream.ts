import { describeReason } from './answers.js';
import type { Deadline } from '../deadline.js';
import { ConnectionError } from '../errors.js';
import { EventParser, type ServerSentEvent } from './event-parser.js';

/** How long to wait for the end after the last event; they usually arrive together. */
const END_MS = 1_000;

/** Reads the body of an answer piece by piece on demand. */
export class Chunks {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(
    body: ReadableStream<Uint8Array>,
    private readonly signal: AbortSignal,
    private readonly whence: string,
  ) {
    const reader = body.getReader();
    this.reader = reader;
    // `fetch` cancels by itself, but a custom implementation may not.
    signal.addEventListener('abort', () => void reader.cancel(signal.reason).catch(() => {}), { once: true });
  }

  /**
   * @returns null at the end
   * @throws ConnectionError when the stream is cut
   * @throws the reason of the signal
   */
  async read(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.reader.read();
      this.signal.throwIfAborted();
      return done ? null : value;
    } catch (cause) {
      this.signal.throwIfAborted();
      throw new ConnectionError(`The stream from ${this.whence} broke off: ${describeReason(cause)}.`, cause);
    }
  }
}

/** A stream whose first bytes have arrived. */
export interface OpenedStream {
  readonly response: Response;
  readonly first: Uint8Array;
  readonly chunks: Chunks;
}

/**
 * Reads the events of an answer. It reads only on demand, so a slow reader makes the server wait. A live stream may go on for ever; only
 * silence while the reader waits for the next bytes is limited.
 */
export class EventStream {
  readonly response: Response;
  private readonly parser = new EventParser();
  private readonly chunks: Chunks;
  private readonly events: ServerSentEvent[];

  /** @param what names the call in the error for a silence */
  constructor(
    { response, first, chunks }: OpenedStream,
    private readonly deadline: Deadline,
    private readonly idleTimeoutMs: number,
    private readonly what: string,
  ) {
    deadline.pause();
    this.response = response;
    this.chunks = chunks;
    this.events = this.parser.push(first);
  }

  /**
   * @returns null at the end
   * @throws TimeoutError after a silence of `idleTimeoutMs`; keep-alives count as activity
   * @throws ConnectionError when the stream is cut
   */
  async next(): Promise<ServerSentEvent | null> {
    for (;;) {
      const event = this.events.shift();
      if (event !== undefined) return event;
      const { idleTimeoutMs } = this;
      this.deadline.restart(idleTimeoutMs, `${this.what} was silent for ${Math.round(idleTimeoutMs)} ms.`);
      const chunk = await this.chunks.read();
      this.deadline.pause();
      if (chunk === null) return null;
      this.events.push(...this.parser.push(chunk));
    }
  }

  /** Reads the rest after the last event, because a connection is reused only when its answer was read to the end. */
  async finish(): Promise<void> {
    this.deadline.restart(END_MS, `${this.what} was over, and its answer did not end.`);
    try {
      while ((await this.chunks.read()) !== null);
    } catch {
      // Every event has arrived, so a failure here does not matter.
    } finally {
      this.dispose();
    }
  }

  dispose(): void {
    this.deadline.dispose();
  }
}
