import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import type { Request } from 'express';
import { readDto } from './dto-reader.js';

/**
 * Injects the body as an instance of its DTO class, for routes without required properties. A missing body counts as an empty object.
 * `@OptionalBody(ReviewDto) body: ReviewDto`, with `@ApiBody({ type: ReviewDto, required: false })` on the route.
 *
 * @throws ValidationError `VALIDATION_FAILED`
 */
export const OptionalBody = createParamDecorator((type: Type<object>, context: ExecutionContext): object => {
  const { body } = context.switchToHttp().getRequest<Request>() as { body?: unknown };
  return readDto(type, body ?? {}, 'body');
});
