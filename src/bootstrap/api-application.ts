import { join } from 'node:path';
import { existsSync } from 'node:fs';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import { ApiModule } from '../api.module.js';
import { type AppConfig, DEFAULT_API_KEY, packageRoot, packageVersion } from '../infra/config/index.js';
import {
  configureHttp,
  createHttpApp,
  type FastPath,
  type HttpOptions,
  openFastPath,
  type RequestObserver,
} from '../infra/http/index.js';
import { type AccessLine, AccessLines } from '../infra/logging/index.js';
import { Metrics } from '../infra/metrics/index.js';
import type { SupervisorLink } from '../infra/supervision/index.js';
import { Authenticator, type Caller, type Scope } from '../modules/auth/index.js';
import { addFastRoutes } from './fast-routes.js';
import { openDashboard, serveDashboard } from '../modules/dashboard/index.js';
import type { MetricsEndpoint } from './metrics/metrics-endpoint.js';
import { createMetricsEndpoint, mountMetrics } from './metrics/serve-metrics.js';

/**
 * Creates the API, ready to listen.
 * @param link null in a process that no supervisor started.
 */
export async function createApi(
  config: AppConfig,
  link: SupervisorLink | null = null,
): Promise<{ readonly app: NestExpressApplication; readonly metrics: MetricsEndpoint }> {
  const app = await createHttpApp(ApiModule.forRoot(config, link), { bufferLogs: true, abortOnError: false });
  app.useLogger(app.get(Logger));
  const accessLines = app.get(AccessLines, { strict: false });
  const options = { ...httpOptions(config), accessLog: (line: AccessLine) => accessLines.write(line) };
  const { http } = app.get(Metrics, { strict: false });
  const observeRequest: RequestObserver = (method, route, status, elapsedMs) =>
    http.observe(method, route, status, elapsedMs);
  const dashboard = openDashboard(packageRoot(), config.signIn === null ? 'key' : 'provider');
  configureHttp(app, { ...options, observeRequest, homePath: dashboard === null ? '/docs' : '/app' });
  if (dashboard !== null) serveDashboard(app, dashboard);
  addFastRoutes(openLane(app, options), app);
  const metrics = createMetricsEndpoint(app, link);
  if (config.env.METRICS_PORT === null) mountMetrics(app, metrics);
  await app.init();
  return { app, metrics };
}

function openLane(app: NestExpressApplication, options: HttpOptions): FastPath<Caller, Scope> {
  const authenticator = app.get(Authenticator);
  return openFastPath(app, options, (headers, address, scopes: readonly Scope[], orOverTeam) =>
    authenticator.authorize(headers, address, scopes, orOverTeam),
  );
}

export function httpOptions({ env, corsOrigins, usesDefaultApiKey }: AppConfig): HttpOptions {
  const errorsFile = join(packageRoot(), 'docs', 'errors.md');
  return {
    body: {
      maxBytes: env.MAX_BODY_BYTES,
      bulkPaths: BULK_PATHS,
      bulkRoutes: BULK_ROUTES,
      bulkMaxBytes: env.MAX_BULK_BODY_BYTES,
    },
    corsOrigins,
    trustedProxies: env.TRUSTED_PROXIES,
    docs: {
      version: packageVersion(),
      prefilledApiKey: usesDefaultApiKey ? DEFAULT_API_KEY : null,
      errorsFile: existsSync(errorsFile) ? errorsFile : null,
    },
  };
}

/** Routes with bodies of many prompts, entries or prices. */
const BULK_PATHS = [
  '/v1/prompts/register-code',
  '/v1/prompts:migrate-to-full',
  '/v1/prompts:retire',
  '/v1/executions:submit-batch',
  '/v1/executions:record',
  '/v1/prices:import',
];

/** The same kind of route, with a name in its path. */
const BULK_ROUTES = [/^\/v1\/datasets\/[^/]+\/items(?::stage)?$/];
