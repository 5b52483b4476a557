import type { CorsOptions } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { ContractValidationPipe } from './contract-validation.pipe.js';
import { setUpDocs } from './docs.js';
import type { DocsOptions } from './docs.js';
import { JsonBodyInterceptor } from './json-body.interceptor.js';
import type { JsonBodyOptions } from './json-body.reader.js';
import { ProblemFilter } from './problem.filter.js';
import { REQUEST_ID_HEADER, requestIdMiddleware } from './request-id.middleware.js';
import { applyServerLimits } from './server-limits.js';
import { strictUrlMiddleware } from './strict-url.middleware.js';

export interface HttpOptions {
  readonly body: JsonBodyOptions;
  /** Origins whose pages may call the API; empty: none, `*`: any. Keys travel in headers, never in cookies. */
  readonly corsOrigins: readonly string[];
  /** How many reverse proxies stand in front, each adding its client to `X-Forwarded-For`; 0 believes no such header. */
  readonly trustedProxies: number;
  /** `null` serves no docs. */
  readonly docs: DocsOptions | null;
}

/**
 * Gives an app everything about HTTP that its controllers share. To be called before `init()` or `listen()`;
 * the process, the tests and the OpenAPI generator all call it, so that none of them differs.
 */
export function configureHttp(app: NestExpressApplication, options: HttpOptions): void {
  app.set('trust proxy', options.trustedProxies);
  app.disable('x-powered-by');
  // Hashing each answer buys nothing: the contract has no conditional requests.
  app.disable('etag');
  app.use(requestIdMiddleware);
  app.use(securityHeaders());
  if (options.corsOrigins.length > 0) app.enableCors(corsOptions(options.corsOrigins));
  app.use(strictUrlMiddleware);
  app.useGlobalInterceptors(new JsonBodyInterceptor(options.body));
  app.useGlobalPipes(new ContractValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  applyServerLimits(app.getHttpServer());
  if (options.docs !== null) setUpDocs(app, options.docs);
}

function securityHeaders(): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        // The explorer styles its elements inline and draws its icons from data URLs. Scripts need nothing of the kind.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        // No upgrade-insecure-requests, helmet's default: on plain http it sends the explorer's own files to https.
      },
    },
    xFrameOptions: { action: 'deny' },
    // Whether the whole domain is https for a year is for whoever ends TLS in front of us to say.
    strictTransportSecurity: false,
  });
}

function corsOptions(origins: readonly string[]): CorsOptions {
  return {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-API-Key', REQUEST_ID_HEADER],
    exposedHeaders: ['Idempotency-Replayed', 'Location', 'Retry-After', REQUEST_ID_HEADER],
    maxAge: 600,
  };
}
