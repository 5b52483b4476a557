import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import type { Request } from 'express';
import { readDto } from './dto-reader.js';

/**
 * Parameter decorator: the body as an instance of its DTO class, for routes that have nothing to require. No body is an empty
 * one. `@OptionalBody(ReviewDto) body: ReviewDto`, with `@ApiBody({ type: ReviewDto, required: false })` on the route.
 *
 * @throws ValidationError `VALIDATION_FAILED`
 */
export const OptionalBody = createParamDecorator((type: Type<object>, context: ExecutionContext): object => {
  const { body } = context.switchToHttp().getRequest<Request>() as { body?: unknown };
  return readDto(type, body ?? {}, 'body');
});
