import type { NestExpressApplication } from '@nestjs/platform-express';
import { type AccessLog, logByNest, logRequests, type RequestObserver } from '../request/access-log.js';
import { commonHeadersMiddleware } from './common-headers.js';
import { ContractValidationPipe } from '../dto/contract-validation.pipe.js';
import { corsOptions } from './cors.js';
import { setUpDocs } from '../openapi/docs.js';
import type { DocsOptions } from '../openapi/docs.js';
import { JsonBodyGuard } from '../body/json-body.guard.js';
import type { JsonBodyOptions } from '../body/json-body.reader.js';
import { DeclaredQueryGuard } from '../dto/declared-query.guard.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { applyServerLimits } from './server-limits.js';
import { strictUrlMiddleware } from './strict-url.middleware.js';

export interface HttpOptions {
  readonly body: JsonBodyOptions;
  /** Origins whose pages may call the API with a key: empty for none, `*` for any. Session cookies never work from another origin. */
  readonly corsOrigins: readonly string[];
  /** The number of reverse proxies in front, each of which appends its client to `X-Forwarded-For`. With 0 the header is ignored. */
  readonly trustedProxies: number;
  /** `null` disables the docs. */
  readonly docs: DocsOptions | null;
  /** The path to which `GET /` redirects browsers. Default: the docs. */
  readonly homePath?: string;
  /** Default: Nest's logger. */
  readonly accessLog?: AccessLog;
  /** Absent when requests are not counted. */
  readonly observeRequest?: RequestObserver;
}

/**
 * Configures everything about HTTP that an app's controllers share. Call it before `init()` or `listen()`. The process, the tests and the
 * OpenAPI generator all call it, so that none of them differs.
 */
export function configureHttp(app: NestExpressApplication, options: HttpOptions): void {
  app.set('trust proxy', options.trustedProxies);
  app.disable('x-powered-by');
  // Hashing each answer has no use, because the API has no conditional requests.
  app.disable('etag');
  app.use(commonHeadersMiddleware);
  if (options.corsOrigins.length > 0) app.enableCors(corsOptions(options.corsOrigins));
  app.use(strictUrlMiddleware);
  app.useGlobalGuards(new DeclaredQueryGuard(), new JsonBodyGuard(options.body));
  app.useGlobalPipes(new ContractValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  applyServerLimits(app.getHttpServer());
  logRequests(app.getHttpServer(), options.accessLog ?? logByNest, options.observeRequest);
  if (options.docs !== null) setUpDocs(app, options.docs, options.homePath);
}
