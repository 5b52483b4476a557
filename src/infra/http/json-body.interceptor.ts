import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import type { Observable } from 'rxjs';
import { jsonBodyReader, type JsonBodyOptions } from './json-body.reader.js';

/**
 * Reads the body between the guard and the pipes: nobody without a key makes us read or parse one, and who has no key
 * is told that first. A middleware would run before the guard, for unknown routes too.
 */
export class JsonBodyInterceptor implements NestInterceptor {
  private readonly read: RequestHandler;

  constructor(options: JsonBodyOptions) {
    this.read = jsonBodyReader(options);
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    await new Promise<void>((resolve, reject) => {
      this.read(http.getRequest<Request>(), http.getResponse<Response>(), (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
    return next.handle();
  }
}
