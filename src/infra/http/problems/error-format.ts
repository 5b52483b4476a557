import type { Type } from '@nestjs/common';
import type { LedgerError } from '../../../kernel/index.js';
import type { RawAnswer } from '../request/raw-answer.js';

/** The form of errors below a path whose clients know another one than problem+json. */
export interface ErrorFormat {
  /** In lower case, without a slash at its end: the path itself, and everything below it. */
  readonly pathPrefix: string;
  /**
   * The whole answer; its status may be another than that of the error.
   * @param instance the path of the request.
   */
  readonly answer: (error: LedgerError, instance: string) => RawAnswer;
  /** The body, for the OpenAPI document. */
  readonly dto: Type<object>;
}

/**
 * By path and for the whole process, not by route: an error may come before any route is known (an unknown path, a wrong key), and from
 * where there is no request any more (an answer that is kept with an idempotency key).
 */
const formats = new Map<string, ErrorFormat>();

/** To be called once, when the room that needs it is loaded. */
export function registerErrorFormat(format: ErrorFormat): void {
  formats.set(format.pathPrefix, format);
}

export function errorFormats(): ErrorFormat[] {
  return [...formats.values()];
}

/** Express knows paths in either case. @returns null for problem+json. */
export function findErrorFormat(path: string): ErrorFormat | null {
  const sent = path.toLowerCase();
  for (const format of formats.values()) {
    if (sent === format.pathPrefix || sent.startsWith(`${format.pathPrefix}/`)) return format;
  }
  return null;
}
