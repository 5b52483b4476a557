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
  /** Takes on nothing new, neither over HTTP nor from the queue, and gives what is under way its grace. */
  stop(graceMs: number): Promise<void>;
}

export interface ServeOptions {
  /** Null in a process that no supervisor started. */
  readonly link: SupervisorLink | null;
  /** Whether to fill the default project first. */
  readonly seeds: boolean;
  /** Makes the server take connections; from then on requests are answered. */
  readonly listen: (server: Server) => Promise<void>;
}

printAsSentence(ProviderSetupError);

/** The API in this process, with the consumer inside unless `WORKER=off`. */
export async function serveApi(config: AppConfig, { link, seeds, listen }: ServeOptions): Promise<ServedApi> {
  const { app, metrics } = await createApi(config, link);
  const server = app.getHttpServer();
  const drain = new HttpDrain(server);
  let closeMetrics: (() => void) | null = null;
  try {
    if (seeds) await seedDefaultProject(app);
    // The first of several processes has the port and answers for all of them.
    if (config.speaksForAll) closeMetrics = await listenForMetrics(config.env, metrics);
    await listen(server);
    // Nest's own listen() would do it: until here what was logged is held back.
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
