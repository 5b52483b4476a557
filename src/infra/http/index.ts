export { ANY_JSON } from './openapi/any-json.js';
export { ApiId, ApiInteger, ApiMoney, ApiTime } from './openapi/api-formats.decorators.js';
export { ApiProblems } from './problems/api-problems.decorator.js';
export { getCanonicalPath } from './server/canonical-path.js';
export { AnyQuery } from './dto/any-query.decorator.js';
export { ApiBodyExample } from './openapi/body-example.decorator.js';
export { configureHttp } from './server/configure-http.js';
export { asksForFresh } from './request/cache-control.js';
export type { HttpOptions } from './server/configure-http.js';
export type { RequestObserver } from './request/access-log.js';
export { setRoute } from './request/get-route.js';
export { ContractValidationPipe } from './dto/contract-validation.pipe.js';
export { createHttpApp } from './server/create-http-app.js';
export { decodeCursor, decodeIdCursor, encodeCursor, toPage } from './dto/cursor.js';
export type { DocsOptions } from './openapi/docs.js';
export { DeepObject } from './dto/deep-object.js';
export {
  FromText,
  IsPromptName,
  IsQueryTime,
  IsTime,
  Nested,
  NestedArray,
  toBoolean,
  toInteger,
} from './dto/dto.decorators.js';
export { readDto } from './dto/dto-reader.js';
export type { DtoSource } from './dto/dto-reader.js';
export { type ErrorFormat, registerErrorFormat } from './problems/error-format.js';
export * from './problems/errors.js';
export { DEFAULT_MAX_DEPTH, getJsonText } from './body/json-body.reader.js';
export type { JsonBodyOptions } from './body/json-body.reader.js';
export { HttpDrain } from './server/http-drain.js';
export { FastPath, openFastPath } from './fast-path/fast-path.js';
export type { Authorize, FastRequest, FastRoute } from './fast-path/fast-path.js';
export { JsonSource } from './body/json-source.decorator.js';
export { API_KEY_SECURITY, BEARER_SECURITY, buildOpenApiDocument } from './openapi/openapi.js';
export type { OpenApiOptions } from './openapi/openapi.js';
export { OptionalBody } from './dto/optional-body.decorator.js';
export { PageQueryDto } from './dto/page-query.dto.js';
export { EnvironmentPipe, PositiveIntPipe, PromptNamePipe, UuidPipe } from './dto/param.pipes.js';
export { PreparedBody } from './dto/prepared-body.decorator.js';
export {
  answerOfError,
  getPath,
  PROBLEM_MEDIA_TYPE,
  problemAnswer,
  toProblem,
  writeProblem,
} from './problems/problem.js';
export type { Problem } from './problems/problem.js';
export { ProblemEntryDto } from './problems/problem.dto.js';
export { ProblemFilter } from './problems/problem.filter.js';
export { RawAnswer, writeRawAnswer } from './request/raw-answer.js';
export { getRequestId, REQUEST_ID_HEADER } from './request/request-id.js';
export { parseRfc3339 } from './body/rfc3339.js';
export { SourcedJson } from './body/sourced-json.js';
