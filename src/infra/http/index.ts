export { ApiId, ApiInteger, ApiMoney, ApiTime } from './api-formats.decorators.js';
export { ApiProblems } from './api-problems.decorator.js';
export { canonicalPathOf } from './canonical-path.js';
export { ApiBodyExample } from './body-example.decorator.js';
export { configureHttp } from './configure-http.js';
export { asksForFresh } from './cache-control.js';
export type { HttpOptions } from './configure-http.js';
export type { RequestObserver } from './access-log.js';
export { setRoute } from './route-of-request.js';
export { ContractValidationPipe } from './contract-validation.pipe.js';
export { createHttpApp } from './create-http-app.js';
export { decodeCursor, pageOf } from './cursor.js';
export type { DocsOptions } from './docs.js';
export {
  FromText,
  IsPromptName,
  IsQueryTime,
  IsTime,
  Nested,
  NestedArray,
  toBoolean,
  toInteger,
} from './dto.decorators.js';
export { readDto } from './dto-reader.js';
export type { DtoSource } from './dto-reader.js';
export { type ErrorFormat, registerErrorFormat } from './error-format.js';
export * from './errors.js';
export { DEFAULT_MAX_DEPTH, jsonTextOf } from './json-body.reader.js';
export type { JsonBodyOptions } from './json-body.reader.js';
export { HttpDrain } from './http-drain.js';
export { FastLane, openFastLane } from './fast-lane.js';
export type { Authorize, FastRequest, FastRoute } from './fast-lane.js';
export { JsonSource } from './json-source.decorator.js';
export { API_KEY_SECURITY, BEARER_SECURITY, buildOpenApiDocument } from './openapi.js';
export type { OpenApiOptions } from './openapi.js';
export { PageQueryDto } from './page-query.dto.js';
export { PositiveIntPipe, PromptNamePipe, UuidPipe } from './param.pipes.js';
export {
  answerOfError,
  pathOf,
  PROBLEM_MEDIA_TYPE,
  problemAnswer,
  toProblem,
  writeProblem,
} from './problem.js';
export type { Problem } from './problem.js';
export { ProblemEntryDto } from './problem.dto.js';
export { ProblemFilter } from './problem.filter.js';
export { RawAnswer, writeRawAnswer } from './raw-answer.js';
export { requestIdOf, REQUEST_ID_HEADER } from './request-id.js';
export { parseRfc3339 } from './rfc3339.js';
export { SourcedJson } from './sourced-json.js';
