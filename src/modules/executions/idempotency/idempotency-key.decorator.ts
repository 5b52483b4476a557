import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { getCanonicalPath, getJsonText } from '../../../infra/http/index.js';
import { ValidationError } from '../../../kernel/index.js';
import { type BodyText, fingerprintRequest, type UsedKey } from './used-key.js';

/** Describes the header in the OpenAPI document. */
export const IDEMPOTENCY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'A name of yours for this request, 1 to 255 printable ASCII characters. Sent again with the same body, it gets the first answer again, byte for byte and with `Idempotency-Replayed: true`, for at least 24 hours.',
} as const;

/** Visible ASCII with spaces only in between. Clients encode anything beyond ASCII differently. */
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/**
 * Returns the `Idempotency-Key` of the request with its fingerprint; null without the header.
 * @throws ValidationError `VALIDATION_FAILED` for a key that is empty, too long or not ASCII.
 */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): UsedKey | null | Promise<UsedKey> => {
    const request = context.switchToHttp().getRequest<Request>();
    return readUsedKey({
      method: request.method,
      path: getCanonicalPath(request),
      header: request.headers['idempotency-key'],
      rawHeaders: request.rawHeaders,
      body: getJsonText(request),
    });
  },
);

/** Reads the key for routes outside Nest. Returns a promise only for a large body. @throws ValidationError `VALIDATION_FAILED` */
export function readUsedKey(request: {
  readonly method: string;
  /** The path of the matched route, so that another spelling of it is the same request; see `getCanonicalPath`. */
  readonly path: string;
  readonly header: string | string[] | undefined;
  /** Names and values alternate. */
  readonly rawHeaders: readonly string[];
  readonly body: BodyText | null;
}): UsedKey | null | Promise<UsedKey> {
  const { header: key, method, path, rawHeaders } = request;
  if (key === undefined) return null;
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new ValidationError('Send an Idempotency-Key of 1 to 255 printable ASCII characters.', [
      { pointer: '', message: 'the header Idempotency-Key must have 1 to 255 printable ASCII characters' },
    ]);
  }
  // Node joins headers of the same name, so a header that a proxy sends twice would become a different key.
  if (key.includes(', ') && countHeaders(rawHeaders) > 1) {
    throw new ValidationError('Send one Idempotency-Key.', [
      { pointer: '', message: 'the header Idempotency-Key must be sent only once' },
    ]);
  }
  const fingerprint = fingerprintRequest(method, path, request.body);
  if (!(fingerprint instanceof Promise)) return { route: path, key, fingerprint };
  return fingerprint.then((made) => ({ route: path, key, fingerprint: made }));
}

function countHeaders(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'idempotency-key').length;
}
