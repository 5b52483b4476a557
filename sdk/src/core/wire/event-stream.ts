import { describeReason } from './answers.js';
import type { Deadline } from '../deadline.js';
import { ConnectionError } from '../errors.js';
import { EventParser, type ServerSentEvent } from './event-parser.js';

/** After the last event the end is waited for so long; it usually came with it. */
const END_MS = 1_000;

/** The body of an answer in the pieces that it comes in, each read when it is asked for. */
export class Chunks {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(
    body: ReadableStream<Uint8Array>,
    private readonly signal: AbortSignal,
    private readonly whence: string,
  ) {
    const reader = body.getReader();
    this.reader = reader;
    // `fetch` does so by itself; what a caller gave in its place may not.
    signal.addEventListener('abort', () => void reader.cancel(signal.reason).catch(() => {}), { once: true });
  }

  /**
   * @returns null at the end
   * @throws ConnectionError when it breaks off
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

/** A stream whose first bytes are there. */
export interface OpenedStream {
  readonly response: Response;
  readonly first: Uint8Array;
  readonly chunks: Chunks;
}

/**
 * The events of an answer. It reads no further than it is asked: who reads slowly makes the server wait. Alive it may go
 * on for ever; only silence while somebody waits for the next bytes is limited.
 */
export class EventStream {
  readonly response: Response;
  private readonly parser = new EventParser();
  private readonly chunks: Chunks;
  private readonly events: ServerSentEvent[];

  /** @param what the call, for the error of a silence */
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
   * @throws TimeoutError after a silence of `idleTimeoutMs`; keep-alives are no silence
   * @throws ConnectionError when it breaks off
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

  /** After the last event: a connection is used again only when its answer was read to the end. */
  async finish(): Promise<void> {
    this.deadline.restart(END_MS, `${this.what} was over, and its answer did not end.`);
    try {
      while ((await this.chunks.read()) !== null);
    } catch {
      // All that was to be said came.
    } finally {
      this.dispose();
    }
  }

  dispose(): void {
    this.deadline.dispose();
  }
}
