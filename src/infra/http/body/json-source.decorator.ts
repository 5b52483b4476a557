import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { getJsonText } from './json-body.reader.js';

/**
 * Injects the exact JSON text of a member of the body, as the client wrote it, or `null` when it is absent. `@JsonSource('variables')
 * variablesJson: string | null`
 */
export const JsonSource = createParamDecorator(
  (key: string, context: ExecutionContext): string | null =>
    getJsonText(context.switchToHttp().getRequest<Request>())?.findSource(key) ?? null,
);
