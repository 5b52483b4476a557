import 'reflect-metadata';
import { assertPortFree } from './bootstrap/port.js';
import { runProcess } from './bootstrap/run-process.js';
import { assertSafeForProduction, countAvailableCores, loadEnvironment } from './infra/config/index.js';

/** The API, with the consumer inside unless `WORKER=off`: in this process, or in several with this one above them. */
runProcess(async () => {
  const env = loadEnvironment();
  assertSafeForProduction(env);
  // The default key is published, so without one of your own the service listens to this machine only.
  const host = env.HOST ?? (env.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1');
  await assertPortFree(env.PORT, host);
  const processes = env.WEB_CONCURRENCY === 'auto' ? countAvailableCores() : env.WEB_CONCURRENCY;
  // Imported here, because a supervisor serves nothing and does without the code of the API.
  if (processes === 1) {
    const { serveAlone } = await import('./bootstrap/serve-alone.js');
    await serveAlone(env, host);
  } else {
    const { supervise } = await import('./bootstrap/supervisor/supervise.js');
    await supervise(env, { host, processes });
  }
});
