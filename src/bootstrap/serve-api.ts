import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AppConfig } from '../infra/config/index.js';
import { HttpDrain } from '../infra/http/index.js';
import type { SupervisorLink } from '../infra/supervision/index.js';
import { ConsumerService } from '../modules/consumer/index.js';
import { ExecutionWaits } from '../modules/executions/index.js';
import { HealthService } from '../modules/health/index.js';
import { ModelsService, PricesService } from '../modules/models/index.js';
import { ProjectsService } from '../modules/projects/index.js';
import { ProviderRegistry, ProviderSetupError, type ProviderSummary } from '../modules/providers/index.js';
import { createApi } from './api-application.js';
import { listenForMetrics } from './metrics/serve-metrics.js';
import { printAsSentence } from './run-process.js';

export interface ServedApi {
  readonly providers: readonly ProviderSummary[];
  /** Accepts no new work over HTTP or from the queue, and gives current work its grace. */
  stop(graceMs: number): Promise<void>;
}

export interface ServeOptions {
  /** Null in a process that no supervisor started. */
  readonly link: SupervisorLink | null;
  /** Whether to fill the default project first. */
  readonly seeds: boolean;
  /** Makes the server accept connections; from then on requests are answered. */
  readonly listen: (server: Server) => Promise<void>;
}

printAsSentence(ProviderSetupError);

/** Serves the API in this process, including the consumer unless `WORKER=off`. */
export async function serveApi(config: AppConfig, { link, seeds, listen }: ServeOptions): Promise<ServedApi> {
  const { app, metrics } = await createApi(config, link);
  const server = app.getHttpServer();
  const drain = new HttpDrain(server);
  let closeMetrics: (() => void) | null = null;
  try {
    if (seeds) await seedDefaultProject(app);
    // The first of several processes owns the metrics port and answers for all of them.
    if (config.speaksForAll) closeMetrics = await listenForMetrics(config.env, metrics);
    await listen(server);
    // Nest's own listen() would do this; until now the log was buffered.
    app.flushLogs();
  } catch (error) {
    closeMetrics?.();
    await app.close();
    throw error;
  }
  return {
    providers: app.get(ProviderRegistry).list(),
    stop: async (graceMs) => {
      app.get(HealthService).leave();
      app.get(ExecutionWaits).leave();
      const consumer = config.env.WORKER ? app.get(ConsumerService).stop() : undefined;
      await Promise.all([drain.stop({ lingerMs: config.env.SHUTDOWN_LINGER_MS, graceMs }), consumer]);
      await app.close();
      closeMetrics?.();
    },
  };
}

async function seedDefaultProject(app: NestExpressApplication): Promise<void> {
  const projectId = await app.get(ProjectsService).getDefaultProjectId();
  await app.get(ModelsService).seed(projectId);
  await app.get(PricesService).seed(projectId);
}
