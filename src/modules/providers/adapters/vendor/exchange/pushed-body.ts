import type { Duplex } from 'node:stream';
import { chain, createDecoders, decodingFailure } from './decode-body.js';

/** The source of the bytes; it can be told to wait. */
export interface BodySource {
  pause(): void;
  resume(): void;
}

export interface PushedBodyOptions {
  readonly contentEncoding: string | null;
  readonly source: BodySource;
  /** Is given the body without its compression. */
  readonly take: (chunk: Buffer) => void;
}

/** Does what `decodeBody` does for a body whose bytes are pushed. A body without compression passes unchanged. */
export class PushedBody {
  private start: Buffer = Buffer.alloc(0);
  /** Undefined until the first bytes have come; null where there is nothing to undo. */
  private decoders: readonly Duplex[] | null | undefined = undefined;
  private failure: unknown = null;
  private hasEnded = false;
  private onSettled: ((failure: unknown) => void) | null = null;

  constructor(private readonly options: PushedBodyOptions) {}

  /** @throws ProviderError `provider_error` for a compression that is not known here; what `take` throws. */
  write(chunk: Buffer): void {
    if (this.decoders === null) return this.options.take(chunk);
    if (this.decoders !== undefined) return this.decode(this.decoders, chunk);
    const start = this.start.length === 0 ? chunk : Buffer.concat([this.start, chunk]);
    if (start.length < 2) this.start = start;
    else this.open(start);
  }

  /**
   * No more bytes will come.
   * @param settled is called once all of it was given, at once where nothing is compressed: with null, or with what is
   *   wrong with the compression.
   */
  end(settled: (failure: unknown) => void): void {
    if (this.decoders === undefined && this.start.length > 0) this.options.take(this.start);
    if (this.decoders === undefined || this.decoders === null) return settled(null);
    this.onSettled = settled;
    if (this.hasEnded || this.failure !== null) this.settle();
    else this.decoders[0]?.end();
  }

  /** Nothing more is given. */
  destroy(): void {
    this.onSettled = null;
    for (const decoder of this.decoders ?? []) decoder.destroy();
  }

  private open(start: Buffer): void {
    const { contentEncoding, take } = this.options;
    const decoders = createDecoders(contentEncoding, start);
    this.decoders = decoders;
    if (decoders === null) return take(start);
    const last = chain(decoders);
    last.on('data', take);
    last.on('end', () => {
      this.hasEnded = true;
      this.settle();
    });
    last.on('error', (error) => {
      this.failure = decodingFailure(error);
      // The rest is read and dropped; a source that is paused would never reach its end.
      this.options.source.resume();
      this.settle();
    });
    this.decode(decoders, start);
  }

  private decode([first]: readonly Duplex[], chunk: Buffer): void {
    if (first === undefined || this.failure !== null || first.write(chunk)) return;
    const { source } = this.options;
    source.pause();
    first.once('drain', () => source.resume());
  }

  private settle(): void {
    const settled = this.onSettled;
    this.onSettled = null;
    settled?.(this.failure);
  }
}
