import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import bodyParser from 'body-parser';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { heavyWork, Places, ValidationError } from '../../../kernel/index.js';
import { readJsonInSteps } from '../../../kernel/json/reading/json-step-reader.js';
import { readJsonText } from '../../../kernel/json/json-text.js';
import type { JsonText } from '../../../kernel/json/json-text.js';
import { BodyTooLargeError, EncodingUnsupportedError } from '../problems/errors.js';
import { isRecord } from '../is-record.js';

export interface JsonBodyOptions {
  /** The limit of a body after decompression. */
  readonly maxBytes: number;
  /** The limit for the paths in {@link bulkPaths} and {@link bulkRoutes}. */
  readonly bulkMaxBytes: number;
  /** Exact paths that take whole collections, such as `/v1/prompts/register-code`. */
  readonly bulkPaths: readonly string[];
  /** Bulk paths that contain a name. Matched against the path in lower case without a trailing slash. Default none. */
  readonly bulkRoutes?: readonly RegExp[];
  /** Default {@link DEFAULT_MAX_DEPTH}. */
  readonly maxDepth?: number;
}

/** Deeper than any variables or schema seen in use, and shallow enough for every recursive reader behind it. */
export const DEFAULT_MAX_DEPTH = 64;

/**
 * How much of a refused body is still read. A client that is answered in mid-upload gets a reset connection instead of the 413, so the rest
 * is read and dropped. Beyond this limit the bandwidth matters more.
 */
const MAX_DRAINED_BYTES = 64 * 1024 ** 2;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** The zlib codes that blame the input; the second pattern covers brotli's. Others, such as `Z_MEM_ERROR`, are our fault. */
const ZLIB_INPUT_ERRORS = /^(?:Z_(?:DATA_ERROR|BUF_ERROR|NEED_DICT)|ERR__ERROR_\w+)$/;

const texts = new WeakMap<IncomingMessage, JsonText>();

/** Returns the body's JSON text with the source of its parts, or `null` when there was no body. */
export function getJsonText(request: IncomingMessage): JsonText | null {
  return texts.get(request) ?? null;
}

/** RFC 9112: either header announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;
}

/**
 * Reads every body as JSON, strictly ({@link readJsonText}), and sets `request.body` to its value, or leaves it `undefined` without a body.
 * Ignores the `Content-Type`: only JSON is read here, `curl -d` announces a form, and a check would protect against nothing (a foreign web
 * page cannot send our key header). Ignores its `charset` too: JSON is UTF-8 (RFC 8259), and other bytes are refused.
 *
 * @throws (through `next`) ValidationError `VALIDATION_FAILED`, BodyTooLargeError `BODY_TOO_LARGE`, EncodingUnsupportedError
 *   `ENCODING_UNSUPPORTED`
 */
export function jsonBodyReader(options: JsonBodyOptions): RequestHandler {
  const bulkPaths = new Set(options.bulkPaths.map(comparablePath));
  const { bulkRoutes = [] } = options;
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  const reader = (limit: number) => ({ limit, read: bodyParser.raw({ limit, type: () => true }) });
  const ordinary = reader(options.maxBytes);
  const bulk = reader(options.bulkMaxBytes);

  return (request, response, next) => {
    const path = comparablePath(request.path);
    const isBulk = bulkPaths.has(path) || bulkRoutes.some((route) => route.test(path));
    const { limit, read } = isBulk ? bulk : ordinary;
    const settle = once(next);
    stopEndlessUpload(request, response, limit, settle);
    read(request, response, (error?: unknown) => {
      const bytes: unknown = request.body;
      request.body = undefined;
      if (error !== undefined) {
        // The client is gone, so there is no answer to send, and logging a defect would be wrong.
        if (!isAborted(error)) settle(toReadingError(error, limit));
        return;
      }
      if (Buffer.isBuffer(bytes)) parse(request, bytes, maxDepth).then(() => settle(undefined), settle);
      else settle(undefined);
    });
  };
}

/** Stores the text and the value with the request. */
async function parse(request: Request, bytes: Buffer, maxDepth: number): Promise<void> {
  const text = await parseJsonBody(bytes, maxDepth);
  if (text === null) return;
  texts.set(request, text);
  request.body = text.value;
}

/**
 * The most values and keys in a body: twice as many as a full batch of a hundred variables each. Each one costs every later reader about a
 * tenth of a microsecond and some fifty bytes.
 */
export const MAX_BODY_VALUES = 250_000;
/** The most members of one object. Requests are compared with sorted keys, and sorting cannot be done in steps. */
export const MAX_BODY_MEMBERS = 10_000;

/** A smaller body is read in a tenth of a millisecond without waiting for others. */
const LIGHT_BODY_BYTES = 4 * 1024;
/** A smaller body is read at once in less than a millisecond; a larger one is read in steps. */
const HEAVY_BODY_BYTES = 32 * 1024;

/**
 * Only a few bodies of this size are read at once: forty half-read ones would fill the heap, and garbage collection would delay every
 * request.
 */
const HUGE_BODY_BYTES = 256 * 1024;
const hugeBodies = new Places(3);

/**
 * Returns `null` for an empty body, and a promise for a body that has to yield to other requests.
 *
 * @throws ValidationError `VALIDATION_FAILED`, as {@link readJsonText}, and for too many values
 */
export function parseJsonBody(bytes: Buffer, maxDepth: number): JsonText | null | Promise<JsonText> {
  if (bytes.length === 0) return null;
  if (bytes.length >= HEAVY_BODY_BYTES) {
    const limits = { maxDepth, maxValues: MAX_BODY_VALUES, maxMembers: MAX_BODY_MEMBERS };
    const read = () => heavyWork.runSteps(readJsonInSteps(plainUtf8(bytes), limits));
    return bytes.length < HUGE_BODY_BYTES ? read() : hugeBodies.run(read);
  }
  const read = () => readJsonText(plainUtf8(bytes).toString('utf8'), { maxDepth });
  if (bytes.length < LIGHT_BODY_BYTES) return read();
  return heavyWork.hasRoom ? heavyWork.runNow(read) : heavyWork.run(read);
}

/** @throws ValidationError `VALIDATION_FAILED` when the bytes are not valid UTF-8. */
function plainUtf8(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) {
    throw new ValidationError('Send the body as UTF-8.', [{ pointer: '', message: 'is not valid UTF-8' }]);
  }
  // Editors on Windows prepend a byte order mark, and RFC 8259 lets a reader ignore it.
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte);
  return hasMark ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

function stopEndlessUpload(
  request: Request,
  response: Response,
  limitBytes: number,
  settle: (error: unknown) => void,
): void {
  const announcedBytes = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (announcedBytes <= MAX_DRAINED_BYTES || limitBytes >= MAX_DRAINED_BYTES || !hasBody(request)) return;
  let receivedBytes = 0;
  const count = (chunk: Buffer) => {
    receivedBytes += chunk.length;
    if (receivedBytes <= MAX_DRAINED_BYTES) return;
    request.off('data', count);
    response.setHeader('Connection', 'close');
    settle(new BodyTooLargeError(limitBytes));
  };
  request.on('data', count);
}

function toReadingError(error: unknown, limitBytes: number): unknown {
  if (!isRecord(error)) return error;
  if (error.type === 'entity.too.large') return new BodyTooLargeError(limitBytes);
  if (error.type === 'encoding.unsupported') return new EncodingUnsupportedError();
  if (typeof error.code !== 'string' || !ZLIB_INPUT_ERRORS.test(error.code)) return error;
  return new ValidationError('Compress the body as its Content-Encoding says, or send it plain.', [
    { pointer: '', message: 'cannot be decompressed' },
  ]);
}

function isAborted(error: unknown): boolean {
  return isRecord(error) && error.type === 'request.aborted';
}

/** Express matches routes regardless of case and a trailing slash, so the limit does too. */
function comparablePath(path: string): string {
  return path.toLowerCase().replace(/\/$/, '');
}

function once(next: NextFunction): (error: unknown) => void {
  let isCalled = false;
  return (error) => {
    if (isCalled) return;
    isCalled = true;
    next(error);
  };
}
