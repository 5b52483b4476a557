import { StreamableFile } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Response } from 'express';
import { RawAnswer, writeRawAnswer } from './raw-answer.js';
import { SourcedJson } from './sourced-json.js';

/**
 * Express with answers that are composed already. Not an interceptor: Nest sets the route's own status after the
 * last of them, and writes a Buffer as the JSON of an object.
 */
export class LedgerHttpAdapter extends ExpressAdapter {
  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const answer = answerOf(body, statusCode ?? response.statusCode);
    if (answer === null) return super.reply(response, body, statusCode);
    writeRawAnswer(response, answer);
    return response;
  }
}

/** `null` for what is left to Express, such as nothing at all, a text or a stream. */
function answerOf(body: unknown, status: number): RawAnswer | null {
  if (body instanceof RawAnswer) return body;
  if (body instanceof SourcedJson) return RawAnswer.json(status, body.toText());
  // Express would look at the request for reasons to answer 304, and parse the content type that it sets itself.
  return isPlainData(body) ? RawAnswer.json(status, JSON.stringify(body)) : null;
}

function isPlainData(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return Array.isArray(body) || !(body instanceof StreamableFile || body instanceof Error);
}
