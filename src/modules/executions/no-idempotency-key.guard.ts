import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { IdempotencyKeyUnsupportedError } from './errors.js';

/** @throws IdempotencyKeyUnsupportedError `VALIDATION_FAILED` whenever the header is there. */
@Injectable()
export class NoIdempotencyKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<Request>();
    if (headers['idempotency-key'] !== undefined) throw new IdempotencyKeyUnsupportedError();
    return true;
  }
}
