import type { INestApplicationContext } from '@nestjs/common';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, Request, Response } from 'express';
import { AppConfig, type Environment, listenHost } from '../../infra/config/index.js';
import { writeRawAnswer } from '../../infra/http/index.js';
import { formatReports, Metrics } from '../../infra/metrics/index.js';
import type { SupervisorLink } from '../../infra/supervision/index.js';
import { listen } from '../listen.js';
import { listeningUrl } from '../listening-url.js';
import { METRICS_PATH, MetricsEndpoint, writePlainAnswer } from './metrics-endpoint.js';
import { addProcessFigures } from './process-figures.js';
import { addSharedFigures } from './shared-figures.js';

/**
 * Creates the endpoint for the metrics of a process.
 * @param link null in a process that no supervisor started; with one, the scraped process answers for all of them.
 */
export function createMetricsEndpoint(
  app: INestApplicationContext,
  link: SupervisorLink | null = null,
): MetricsEndpoint {
  const { env } = app.get(AppConfig, { strict: false });
  const metrics = app.get(Metrics, { strict: false });
  addProcessFigures(app, metrics);
  addSharedFigures(app, metrics);
  metrics.start();
  link?.onReport(() => metrics.report());
  const gather = () => (link === null ? metrics.report() : link.gatherReports());
  return new MetricsEndpoint({
    token: env.METRICS_TOKEN,
    loopbackOnly: env.METRICS_TOKEN === null && env.METRICS_PORT === null,
    scrape: async () => {
      const [own, shared] = await Promise.all([gather(), metrics.reportShared()]);
      return formatReports([...own, ...shared]);
    },
  });
}

/** Serves metrics on the API's port when they have no port of their own. */
export function mountMetrics(app: NestExpressApplication, endpoint: MetricsEndpoint): void {
  const express: Express = app.getHttpAdapter().getInstance();
  express.get(METRICS_PATH, (request: Request, response: Response) => {
    void endpoint.answer(request).then((answer) => writeRawAnswer(response, answer));
  });
}

/**
 * Serves metrics on their own port.
 * @returns a function that closes the port; null when `METRICS_PORT` is not set.
 * @throws ConfigurationError when the port is taken or otherwise unavailable.
 */
export async function listenForMetrics(
  env: Environment,
  endpoint: MetricsEndpoint,
): Promise<(() => void) | null> {
  const { METRICS_PORT: port } = env;
  if (port === null) return null;
  const server = createServer((request, response) => {
    void endpoint.answer(request).then((answer) => writePlainAnswer(request, response, answer));
  });
  const address: AddressInfo = await listen(server, port, listenHost(env), 'METRICS_PORT');
  process.stdout.write(`metrics at ${listeningUrl(address)}${METRICS_PATH}\n`);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
