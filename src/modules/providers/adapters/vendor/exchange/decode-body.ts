import { Readable, type Duplex, pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { ProviderError } from '../../../provider.contract.js';
import { peekBody } from './peek-body.js';

/**
 * Returns the steps that decompress a body, or null if there are none. We never request compression, but gateways compress all the same,
 * and a proxy may have dropped the header, or decompressed the body and kept the header, so gzip is recognised by its first bytes.
 * @param contentEncoding the header as received
 * @param start the first bytes of the body, at least two if it has two
 * @returns in the order to apply them
 * @throws ProviderError `provider_error` for an unknown compression.
 */
export function createDecoders(contentEncoding: string | null, start: Uint8Array): Duplex[] | null {
  const names = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  // The last encoding was applied last, so it is undone first.
  const applied = names.filter((name) => name !== '' && name !== 'identity').reverse();
  const [first] = applied;
  if (isGzip(start) && (first === undefined || !GZIP_NAMES.has(first))) return [zlib.createGunzip()];
  if (isGzip(start)) return applied.map((name) => decoderFor(name, start));
  if (first === undefined || start.length === 0 || GZIP_NAMES.has(first)) return null;
  return applied.map((name) => decoderFor(name, start));
}

const GZIP_NAMES = new Set(['gzip', 'x-gzip']);

function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

function decoderFor(name: string, start: Uint8Array): Duplex {
  if (GZIP_NAMES.has(name)) return zlib.createGunzip();
  // Half of the servers send deflate as RFC 9110 defines it, with zlib's header, and the other half the bare stream.
  if (name === 'deflate') return isZlib(start) ? zlib.createInflate() : zlib.createInflateRaw();
  if (name === 'br') return zlib.createBrotliDecompress();
  // Supported by Node since version 22.15.
  if (name === 'zstd' && 'createZstdDecompress' in zlib) return (zlib.createZstdDecompress as () => Duplex)();
  throw new ProviderError(
    'provider_error',
    `The provider's answer is compressed in a way that cannot be undone (${name.slice(0, 20)}).`,
  );
}

/** RFC 1950: method 8, and a header that is a multiple of 31. */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

/**
 * Yields the decompressed body of a streamed answer. Backpressure covers decompression too, so a small body that unpacks to gigabytes is
 * never in memory at once.
 *
 * @throws ProviderError `connection` when the compressed body is cut off, `provider_error` when it is invalid.
 */
export async function* decodeBody(
  body: AsyncIterable<Uint8Array>,
  contentEncoding: string | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { start, whole } = await peekBody(body, ({ length }) => length >= 2);
  const decoders = createDecoders(contentEncoding, start);
  if (decoders === null) return yield* whole;
  const decoded = chain([Readable.from(whole, { objectMode: false }), ...decoders]);
  try {
    for await (const chunk of decoded) yield chunk as Uint8Array;
  } catch (error) {
    throw decodingFailure(error);
  } finally {
    decoded.destroy();
  }
}

/** Connects streams, so that the failure or end of one is that of all. @returns the last one, which reports both. */
export function chain(streams: readonly (Readable | Duplex)[]): Readable {
  const last = streams.at(-1) as Duplex;
  if (streams.length > 1) pipeline(streams, () => undefined);
  return last;
}

/** Describes a failure of decompression. A failure of the connection itself is passed on. */
export function decodingFailure(error: unknown): unknown {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : null;
  if (code === 'Z_BUF_ERROR' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new ProviderError('connection', "The provider's answer stopped before its end.");
  }
  const isSenseless = typeof code === 'string' && /^(Z_|ERR_?_?BROTLI|ERR_ZSTD|ERR_PADDING)/.test(code);
  return isSenseless
    ? new ProviderError('provider_error', "The provider's answer is not compressed as it says.")
    : error;
}
