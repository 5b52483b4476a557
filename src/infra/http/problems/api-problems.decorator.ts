import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE } from './problem.js';
import { ProblemDto } from './problem.dto.js';

/** The meaning of each status in this API, for the document; docs/errors.md lists the codes. */
const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed, or does not fit what it is about.',
  401: 'No key was sent, or none that is valid.',
  402: 'A budget is used up.',
  403: 'The key lacks a scope that this call needs.',
  404: 'There is no such thing in the project of the key.',
  409: 'The state of the thing does not allow it now.',
  410: 'What the request asks for was erased.',
  413: 'The body, or what would be rendered from it, is too large.',
  422: 'The content is well-formed and cannot be processed.',
  429: 'Too much at once. `Retry-After` says how long to wait.',
  502: 'The provider refused or failed.',
  503: 'Something that is needed is not available now, or not configured.',
  504: 'The provider did not answer in time.',
};

/** Documents `application/problem+json` answers of a route. May be applied several times. */
export function ApiProblems(...statuses: readonly number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) =>
      ApiResponse({ status, ...problemResponse(DESCRIPTIONS[status] ?? 'A problem.') }),
    ),
  );
}

export function problemResponse(description: string) {
  return { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(ProblemDto) } } } };
}
