import 'reflect-metadata';
import { assertPortFree } from './bootstrap/port.js';
import { runProcess } from './bootstrap/run-process.js';
import {
  assertSafeForProduction,
  assertSignInComplete,
  countAvailableCores,
  listenHost,
  loadEnvironment,
} from './infra/config/index.js';

/** The API, with the consumer inside unless `WORKER=off`: in this process, or in several with this one above them. */
runProcess(async () => {
  const env = loadEnvironment();
  assertSafeForProduction(env);
  assertSignInComplete(env);
  const host = listenHost(env);
  await assertPortFree(env.PORT, host);
  if (env.METRICS_PORT !== null) await assertPortFree(env.METRICS_PORT, host, 'METRICS_PORT');
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
