import type { IncomingMessage, ServerResponse } from 'node:http';
import { ValidationError } from '../../../kernel/index.js';

/**
 * Refuses percent-encoding that is not UTF-8. Express does so for path parameters only; in a query it turns the bytes into U+FFFD, and a
 * filter would silently search for something else.
 *
 * @throws ValidationError (through `next`) `VALIDATION_FAILED`
 */
export function strictUrlMiddleware(
  request: IncomingMessage,
  _response: ServerResponse,
  next: (error?: unknown) => void,
): void {
  next(
    isWellEncoded(request.url ?? '') ? undefined : new ValidationError('Percent-encode the URL as UTF-8.'),
  );
}

function isWellEncoded(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
