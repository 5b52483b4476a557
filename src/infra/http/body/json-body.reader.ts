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
  /** Limit of a body, uncompressed. */
  readonly maxBytes: number;
  /** Limit on the paths of {@link bulkPaths}. */
  readonly bulkMaxBytes: number;
  /** Exact paths that take whole collections, such as `/v1/prompts/register-code`. */
  readonly bulkPaths: readonly string[];
  /** The same for paths with a name in them, in lower case and without a slash at the end. Left out: none. */
  readonly bulkRoutes?: readonly RegExp[];
  /** Default {@link DEFAULT_MAX_DEPTH}. */
  readonly maxDepth?: number;
}

/** Deeper than any variables or schema seen in use, and shallow enough for every recursive reader behind it. */
export const DEFAULT_MAX_DEPTH = 64;

/**
 * The part of a refused body that is still read. A client that is answered in mid-upload gets a reset
 * connection in place of the 413, so the rest is read and dropped; beyond this the bandwidth matters more.
 */
const MAX_DRAINED_BYTES = 64 * 1024 ** 2;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** zlib's codes that blame the input, the latter all those of brotli; `Z_MEM_ERROR`, say, is ours. */
const ZLIB_INPUT_ERRORS = /^(?:Z_(?:DATA_ERROR|BUF_ERROR|NEED_DICT)|ERR__ERROR_\w+)$/;

const texts = new WeakMap<IncomingMessage, JsonText>();

/** The JSON text that came as the body, with the source of its parts; `null` when there was no body. */
export function getJsonText(request: IncomingMessage): JsonText | null {
  return texts.get(request) ?? null;
}

/** By RFC 9112: a request has a body when one of these says so. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;
}

/**
 * Reads every body as JSON, strictly ({@link readJsonText}), and sets `request.body` to its value; a request without one keeps
 * `undefined`. The `Content-Type` is not looked at: nothing but JSON is read here, `curl -d` announces a form, and the check would
 * protect against nothing (a foreign web page cannot send our key header). Nor is its `charset`: JSON is UTF-8 (RFC 8259), and other
 * bytes are refused.
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
        // Nobody is left to answer, and the log of a defect would be wrong.
        if (!isAborted(error)) settle(toReadingError(error, limit));
        return;
      }
      if (Buffer.isBuffer(bytes)) parse(request, bytes, maxDepth).then(() => settle(undefined), settle);
      else settle(undefined);
    });
  };
}

/** Keeps text and value with the request. */
async function parse(request: Request, bytes: Buffer, maxDepth: number): Promise<void> {
  const text = await parseJsonBody(bytes, maxDepth);
  if (text === null) return;
  texts.set(request, text);
  request.body = text.value;
}

/**
 * Values and keys of a body: twice as many as a full batch of a hundred variables each. Each takes about a tenth of a
 * microsecond for every reader behind this one, and some fifty bytes.
 */
export const MAX_BODY_VALUES = 250_000;
/** The most members of one object. Requests are compared with sorted keys, and sorting cannot be done a little at a time. */
export const MAX_BODY_MEMBERS = 10_000;

/** Below this a body is read in a tenth of a millisecond, and waits for nobody. */
const LIGHT_BODY_BYTES = 4 * 1024;
/** Below this a body is read at once, in less than a millisecond; from here on a little at a time. */
const HEAVY_BODY_BYTES = 32 * 1024;

/**
 * From here on only a few bodies are read at once: what is half read of forty of them would fill the heap, and the
 * collector would hold up everybody.
 */
const HUGE_BODY_BYTES = 256 * 1024;
const hugeBodies = new Places(3);

/**
 * `null` for a body of no bytes. At once, or as a promise for a body that has to leave turns to others.
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

/** @throws ValidationError `VALIDATION_FAILED` for other bytes. */
function plainUtf8(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) {
    throw new ValidationError('Send the body as UTF-8.', [{ pointer: '', message: 'is not valid UTF-8' }]);
  }
  // Editors on Windows put a mark in front, and RFC 8259 lets a reader ignore it.
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

/** Express matches routes without regard to case and to a slash at the end; the limit follows the route. */
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
