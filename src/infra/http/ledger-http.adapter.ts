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
    const answer = body instanceof SourcedJson ? RawAnswer.json(statusCode ?? 200, body.toText()) : body;
    if (!(answer instanceof RawAnswer)) return super.reply(response, answer, statusCode);
    writeRawAnswer(response, answer);
    return response;
  }
}
