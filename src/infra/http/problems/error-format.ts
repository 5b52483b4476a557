import type { Type } from '@nestjs/common';
import type { LedgerError } from '../../../kernel/index.js';
import type { RawAnswer } from '../request/raw-answer.js';

/** The error format below a path whose clients expect something other than problem+json. */
export interface ErrorFormat {
  /** The path itself and everything below it, in lower case without a trailing slash. */
  readonly pathPrefix: string;
  /**
   * Returns the whole answer, whose status may differ from that of the error.
   * @param instance the path of the request.
   */
  readonly answer: (error: LedgerError, instance: string) => RawAnswer;
  /** The class of the body, for the OpenAPI document. */
  readonly dto: Type<object>;
}

/**
 * Registered by path for the whole process, not by route: an error may occur before a route is known (an unknown path, a wrong key), or
 * where there is no longer a request (an answer stored with an idempotency key).
 */
const formats = new Map<string, ErrorFormat>();

/** Called once, when the module that needs the format is loaded. */
export function registerErrorFormat(format: ErrorFormat): void {
  formats.set(format.pathPrefix, format);
}

export function errorFormats(): ErrorFormat[] {
  return [...formats.values()];
}

/** Ignores case, as Express does. @returns null for problem+json. */
export function findErrorFormat(path: string): ErrorFormat | null {
  const sent = path.toLowerCase();
  for (const format of formats.values()) {
    if (sent === format.pathPrefix || sent.startsWith(`${format.pathPrefix}/`)) return format;
  }
  return null;
}
