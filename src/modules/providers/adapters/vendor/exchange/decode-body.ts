import { Readable, type Duplex, pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { ProviderError } from '../../../provider.contract.js';
import { peekBody } from './peek-body.js';

/**
 * Returns the steps that undo a compression, or null where there is none. We never ask for compression, but gateways compress all the
 * same, and a proxy may have dropped the header that says so, or undone it and kept the header: gzip is recognised by its first bytes.
 *
 * @param contentEncoding the header as it came
 * @param start the first bytes of the body, at least two where there are two
 * @returns in the order they are to be applied
 * @throws ProviderError `provider_error` for an unknown compression.
 */
export function createDecoders(contentEncoding: string | null, start: Uint8Array): Duplex[] | null {
  const names = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  // The last one was applied last.
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
  // Half of the servers send what RFC 9110 calls deflate, with zlib's header, and half of them the bare stream.
  if (name === 'deflate') return isZlib(start) ? zlib.createInflate() : zlib.createInflateRaw();
  if (name === 'br') return zlib.createBrotliDecompress();
  // Node has it from version 22.15 on.
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
 * The body of a streamed answer, without its compression. It is read no faster than it is iterated over, decompressed
 * too, so a small body that unpacks to gigabytes never stands in memory.
 *
 * @throws ProviderError `connection` when the compressed body has no end, `provider_error` when it makes no sense.
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

/** Connects streams, so that the failure or the end of one is that of all. @returns the last one, which tells of both. */
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
