import { type NestApplicationOptions, StreamableFile } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Response } from 'express';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { writeJson } from '../../../kernel/index.js';
import { RawAnswer, writeRawAnswer } from '../request/raw-answer.js';
import { SourcedJson } from '../body/sourced-json.js';

/** Returns true when it answers the request itself; then no other handler may. */
type Front = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * An Express adapter that writes composed answers and takes a handler in front of Express. An interceptor cannot do this: Nest sets the
 * route's own status after the last one, and writes a Buffer as the JSON of an object.
 */
export class LedgerHttpAdapter extends ExpressAdapter {
  private front: Front = () => false;

  /** Offers each request to `front` before Express sees it. */
  putInFront(front: Front): void {
    this.front = front;
  }

  override initHttpServer(options: NestApplicationOptions): void {
    super.initHttpServer(options);
    const server = this.getHttpServer() as Server;
    const express = this.getInstance<RequestListener>();
    server.off('request', express);
    server.on('request', (request, response) => {
      if (!this.front(request, response)) express(request, response);
    });
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const answer = toAnswer(body, statusCode ?? response.statusCode);
    if (answer === null) return super.reply(response, body, statusCode);
    writeRawAnswer(response, answer);
    return response;
  }
}

/** Returns `null` for values that Express writes, such as undefined, a text or a stream. */
function toAnswer(body: unknown, status: number): RawAnswer | null {
  if (body instanceof RawAnswer) return body;
  if (body instanceof SourcedJson) return RawAnswer.json(status, body.toText());
  // Express would check the request for a 304 and parse the content type that it sets itself.
  return isPlainData(body) ? RawAnswer.json(status, writeJson(body)) : null;
}

function isPlainData(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return Array.isArray(body) || !(body instanceof StreamableFile || body instanceof Error);
}
