import type { Duplex } from 'node:stream';
import { chain, createDecoders, decodingFailure } from './decode-body.js';

/** The source of the bytes, which can be paused. */
export interface BodySource {
  pause(): void;
  resume(): void;
}

export interface PushedBodyOptions {
  readonly contentEncoding: string | null;
  readonly source: BodySource;
  /** Receives the decompressed body. */
  readonly take: (chunk: Buffer) => void;
}

/** The counterpart of `decodeBody` for a body that is pushed in chunks. An uncompressed body passes unchanged. */
export class PushedBody {
  private start: Buffer = Buffer.alloc(0);
  /** Undefined until the first bytes arrive; null if there is nothing to decompress. */
  private decoders: readonly Duplex[] | null | undefined = undefined;
  private failure: unknown = null;
  private hasEnded = false;
  private onSettled: ((failure: unknown) => void) | null = null;

  constructor(private readonly options: PushedBodyOptions) {}

  /** @throws ProviderError `provider_error` for an unknown compression, and whatever `take` throws. */
  write(chunk: Buffer): void {
    if (this.decoders === null) return this.options.take(chunk);
    if (this.decoders !== undefined) return this.decode(this.decoders, chunk);
    const start = this.start.length === 0 ? chunk : Buffer.concat([this.start, chunk]);
    if (start.length < 2) this.start = start;
    else this.open(start);
  }

  /**
   * Ends the body.
   * @param settled called with null, or the decompression error, once everything was passed on: immediately if nothing is compressed.
   */
  end(settled: (failure: unknown) => void): void {
    if (this.decoders === undefined && this.start.length > 0) this.options.take(this.start);
    if (this.decoders === undefined || this.decoders === null) return settled(null);
    this.onSettled = settled;
    if (this.hasEnded || this.failure !== null) this.settle();
    else this.decoders[0]?.end();
  }

  /** Stops passing data on. */
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
      // Read and drop the rest, because a paused source would never reach its end.
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
