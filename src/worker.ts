import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { attachBackends } from './bootstrap/backends.js';
import { createMetricsEndpoint, listenForMetrics } from './bootstrap/metrics/serve-metrics.js';
import { printAsSentence, runProcess, stopOnSignal } from './bootstrap/run-process.js';
import { AppConfig, loadEnvironment } from './infra/config/index.js';
import { ProviderSetupError } from './modules/providers/index.js';
import { WorkerModule } from './worker.module.js';

printAsSentence(ProviderSetupError);

/** The consumer as a process of its own. It has no controllers and never migrates. */
runProcess(async () => {
  const env = loadEnvironment();
  const config = new AppConfig(env, await attachBackends(env));
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(config), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  const closeMetrics = await listenForMetrics(env, createMetricsEndpoint(app));
  stopOnSignal(env.SHUTDOWN_GRACE_MS, async () => {
    await app.close();
    closeMetrics?.();
  });
  process.stdout.write(
    `worker ready: ${env.CONCURRENCY} executions at once, bell by ${env.REDIS_URL === null ? 'Postgres' : 'Redis'}\n`,
  );
});
