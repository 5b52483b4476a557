import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApi } from './bootstrap/api-application.js';
import { startBackends } from './bootstrap/backends.js';
import { banner } from './bootstrap/banner.js';
import { listeningUrl } from './bootstrap/listening-url.js';
import { assertPortFree, portError } from './bootstrap/port.js';
import { runProcess, stopOnSignal } from './bootstrap/run-process.js';
import { AppConfig, assertSafeForProduction, loadEnvironment } from './infra/config/index.js';
import { HttpDrain } from './infra/http/index.js';
import { ConsumerService } from './modules/consumer/index.js';
import { ExecutionWaits } from './modules/executions/index.js';
import { HealthService } from './modules/health/index.js';
import { ModelsService, PricesService } from './modules/models/index.js';
import { ProjectsService } from './modules/projects/index.js';
import { ProviderRegistry } from './modules/providers/index.js';

/** The API process, with the consumer inside unless `WORKER=off`. */
runProcess(async () => {
  const env = loadEnvironment();
  assertSafeForProduction(env);
  // The default key is published, so without one of your own the service listens to this machine only.
  const host = env.HOST ?? (env.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1');
  await assertPortFree(env.PORT, host);
  const backends = startBackends(env, (message) => process.stdout.write(`${message}\n`));
  const api = backends.then((running) => startApi(new AppConfig(env, running), host));
  // Also in the middle of a start: what was begun is waited for, so that nothing stays behind.
  const stop = async () => {
    await api.then((running) => running.stop(env.SHUTDOWN_GRACE_MS)).catch(() => undefined);
    await backends.then((running) => running.stop());
  };
  stopOnSignal(env.SHUTDOWN_GRACE_MS, stop);
  await api.catch(async (error: unknown) => {
    await stop().catch(() => undefined);
    throw error;
  });
});

interface RunningApi {
  stop(graceMs: number): Promise<void>;
}

async function startApi(config: AppConfig, host: string): Promise<RunningApi> {
  const app = await createApi(config);
  const drain = new HttpDrain(app.getHttpServer());
  try {
    if (config.backends.embedded) await seedDefaultProject(app);
    await app.listen(config.env.PORT, host);
  } catch (error) {
    await app.close();
    throw portError(error as NodeJS.ErrnoException, config.env.PORT);
  }
  const url = listeningUrl(app.getHttpServer().address() as AddressInfo);
  process.stdout.write(banner({ config, url, providers: app.get(ProviderRegistry).list() }));
  return {
    // Nothing new is taken on from here, neither over HTTP nor from the queue; what runs gets its grace on both sides.
    stop: async (graceMs) => {
      app.get(HealthService).leave();
      app.get(ExecutionWaits).leave();
      const consumer = config.env.WORKER ? app.get(ConsumerService).stop() : undefined;
      await Promise.all([drain.stop({ lingerMs: config.env.SHUTDOWN_LINGER_MS, graceMs }), consumer]);
      await app.close();
    },
  };
}

async function seedDefaultProject(app: NestExpressApplication): Promise<void> {
  const projectId = await app.get(ProjectsService).getDefaultProjectId();
  await app.get(ModelsService).seed(projectId);
  await app.get(PricesService).seed(projectId);
}
