import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Request } from 'express';
import { readDto } from './dto-reader.js';
import { ANY_QUERY } from './any-query.decorator.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** An empty query. */
class NoQueryDto {}

/**
 * Refuses all query parameters on routes that declare none, as a query DTO refuses unknown ones. Otherwise a misspelt or misplaced
 * parameter would be ignored silently.
 *
 * @throws ValidationError `VALIDATION_FAILED`
 */
export class DeclaredQueryGuard implements CanActivate {
  private readonly closed = new WeakMap<Handler, boolean>();

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (request.url.includes('?') && this.takesNone(context)) readDto(NoQueryDto, request.query, 'query');
    return true;
  }

  private takesNone(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    let takesNone = this.closed.get(handler);
    if (takesNone === undefined) {
      takesNone = !declaresQuery(handler, context.getClass());
      this.closed.set(handler, takesNone);
    }
    return takesNone;
  }
}

function declaresQuery(handler: Handler, controller: ReturnType<ExecutionContext['getClass']>): boolean {
  if ([handler, controller].some((target) => Reflect.getMetadata(ANY_QUERY, target) === true)) return true;
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) as object | undefined;
  return Object.keys(args ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}
