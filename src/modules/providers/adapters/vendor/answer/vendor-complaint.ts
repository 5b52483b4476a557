import type { IncomingHttpHeaders } from 'node:http';
import { ServerSentEventSplitter } from './server-sent-events.js';
import { recordOrNull, recordsIn } from './event-data.js';
import { MAX_ERROR_BODY_BYTES, VendorError } from '../vendor-error.js';
import { textOrNull, type Json } from './vendor-json.js';

export interface FailedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** At most the first 64 KiB. */
  readonly body: string;
}

/** The equivalent HTTP status of an error within an answer, by the vendors' words for it. */
const STATUS_OF_WORD: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  context_length_exceeded: 400,
  invalid_argument: 400,
  failed_precondition: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  unauthenticated: 401,
  billing_error: 402,
  permission_error: 403,
  permission_denied: 403,
  not_found_error: 404,
  model_not_found: 404,
  not_found: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  rate_limit: 429,
  insufficient_quota: 429,
  resource_exhausted: 429,
  api_error: 500,
  internal: 500,
  unavailable: 503,
  timeout_error: 504,
  deadline_exceeded: 504,
  overloaded_error: 529,
};

/** The status of an error that names none. */
const SOME_FAILURE = 500;

/** Reads an unsuccessful answer from any vendor, gateway or proxy. What it says is shown, if that is safe. Never throws. */
export function readComplaint({ status, headers, body }: FailedResponse): VendorError {
  const said = parseBody(body);
  const error = errorIn(said) ?? said;
  return new VendorError({ status, words: wordsIn(error), headers, retryAfter: retryDelayIn(error) });
}

/**
 * Returns the error in an answer with a success status, in a document or in mid-stream; null for none, since vendors send `"error": null`,
 * and empty errors, with good answers.
 */
export function complaintIn(answer: Json, headers: IncomingHttpHeaders): VendorError | null {
  // vLLM and similar servers send the error itself, marked as such.
  const error = answer['object'] === 'error' ? answer : errorIn(answer);
  return error === null ? null : toComplaint(error, headers);
}

/** Reads as an error what is not an answer at all, wherever its words are. Returns null if it has none. */
export function complaintOfStranger(answer: unknown, headers: IncomingHttpHeaders): VendorError | null {
  const [only] = recordsIn(answer);
  if (only === undefined) return null;
  const said = errorIn(only) ?? only;
  return wordsIn(said).length === 0 ? null : toComplaint(said, headers);
}

/** Reads a page in place of an answer, such as a proxy's, and shows only its title. Returns null for anything else. */
export function complaintOfPage(
  text: string,
  status: number,
  headers: IncomingHttpHeaders,
): VendorError | null {
  return isPage(text) ? new VendorError({ status, words: [readTitle(text)], headers }) : null;
}

function toComplaint(error: unknown, headers: IncomingHttpHeaders): VendorError {
  return new VendorError({
    status: statusIn(error),
    words: wordsIn(error),
    headers,
    retryAfter: retryDelayIn(error),
  });
}

/** Returns the value under one of the usual names for errors, unless it is empty. */
function errorIn(said: unknown): unknown {
  const answer = recordOrNull(Array.isArray(said) ? said[0] : said);
  if (answer === null) return null;
  const named = [answer['error'], answer['errors'], answer['fault'], answer['base_resp']];
  const error = named.find((one) => isError(one)) ?? null;
  return error === true ? { ...answer, error: null } : error;
}

function isError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === true || textOrNull(value) !== null;
  if (Array.isArray(value)) return value.some(isError);
  const error = value as Json;
  // MiniMax sends its `base_resp`, and others an error of code 0, with every good answer.
  const code = error['status_code'] ?? error['code'] ?? error['status'];
  if (code === 0 || code === '0') return false;
  return Object.values(error).some((said) => said !== null && said !== '' && said !== false);
}

/** vLLM, Google and OpenRouter put a status into the code, as a number or as its digits. */
function statusIn(error: unknown): number {
  for (const one of recordsIn(error)) {
    for (const said of [one['code'], one['status'], one['status_code'], one['type']]) {
      const status = typeof said === 'string' && /^\d{3}$/.test(said) ? Number(said) : said;
      if (typeof status === 'number' && status >= 400 && status <= 599) return status;
      const known = typeof said === 'string' ? said.toLowerCase() : '';
      if (Object.hasOwn(STATUS_OF_WORD, known)) return STATUS_OF_WORD[known] ?? SOME_FAILURE;
    }
  }
  return SOME_FAILURE;
}

/** The fields in which vendors, gateways and web frameworks describe an error, best first. */
const SENTENCES = [
  'message',
  'faultstring',
  'detail',
  'details',
  'error',
  'errors',
  'msg',
  'error_description',
  'error_message',
  'status_msg',
  'description',
  'Message',
  'title',
  'reason',
];
/** Fields shown if no sentence can be, for instance because it quotes the prompt. */
const NAMES = ['code', 'type', 'status', 'error_code', 'errorcode'];
const DEEPEST = 5;

/** Collects every candidate for an error's message, best first. */
function wordsIn(error: unknown, depth = 0): string[] {
  if (depth === DEEPEST) return [];
  if (typeof error === 'string') return textOrNull(error.trim()) === null ? [] : [error];
  if (Array.isArray(error)) return error.slice(0, DEEPEST).flatMap((one) => wordsIn(one, depth + 1));
  const said = recordOrNull(error);
  if (said === null) return [];
  const sentences = SENTENCES.flatMap((name) => wordsIn(said[name], depth + 1));
  return [...sentences, ...NAMES.flatMap((name) => textOrNull(said[name]) ?? [])];
}

/** Parses a body of JSON, events, HTML or plain text into something to take words from. */
function parseBody(body: string): unknown {
  const text = body.trim();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (/^(data|event|id|retry|):/.test(text)) return parseEvents(text);
    if (/^[{[]/.test(text)) return sentenceIn(text);
    // A body that fills the whole read limit was cut, so its last sentence is incomplete.
    const isWhole = Buffer.byteLength(body) < MAX_ERROR_BODY_BYTES;
    if (isPage(text)) return readTitle(text) ?? (isWhole ? readHeading(text) : null);
    return isWhole ? text : null;
  }
}

/** Returns the message in a truncated document. */
function sentenceIn(json: string): string | null {
  const [, sentence = null] = /"(?:message|detail|error)"\s*:\s*"((?:[^"\\]|\\.){1,300})"/.exec(json) ?? [];
  return sentence?.replace(/\\[nrt"\\/]/g, ' ') ?? null;
}

/** A vendor may send its error as an event when asked for a stream. */
function parseEvents(text: string): unknown {
  const splitter = new ServerSentEventSplitter();
  const events = [...splitter.split(Buffer.from(text)), ...splitter.flush()];
  return events.map((data) => {
    try {
      return errorIn(JSON.parse(data)) ?? (JSON.parse(data) as unknown);
    } catch {
      return data;
    }
  });
}

function isPage(text: string): boolean {
  return /^\s*<(!doctype|html|head|body|\?xml|title|h1|p\b|center)/i.test(text);
}

function readTitle(page: string): string | null {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(page.slice(0, HEAD_OF_PAGE))?.[1];
  return title === undefined ? null : textOrNull(withoutEntities(title));
}

/** The patterns take quadratic time on a page with many unclosed tags. */
const HEAD_OF_PAGE = 4096;

/** Returns the heading of a page without a title. The text below may be anything, such as an answer. */
function readHeading(page: string): string | null {
  const heading = /<h[1-3][^>]*>([^<]*)<\/h[1-3]>/i.exec(page.slice(0, HEAD_OF_PAGE))?.[1];
  return heading === undefined ? null : textOrNull(withoutEntities(heading));
}

function withoutEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|nbsp|#39);/g, ' ').trim();
}

/** Returns seconds. Google says how long to wait in the body: `{"@type": "…/google.rpc.RetryInfo", "retryDelay": "37s"}`. */
function retryDelayIn(error: unknown): string | null {
  const delays = recordsIn(error)
    .flatMap((one) => recordsIn(one['details']))
    .map((detail) => textOrNull(detail['retryDelay']));
  const delay = delays.find((said) => said !== null && /^\d+(\.\d+)?s$/.test(said));
  return delay?.slice(0, -1) ?? null;
}
