import type { AddressInfo } from 'node:net';
import { AppConfig, type Environment } from '../infra/config/index.js';
import { startBackends } from './backends.js';
import { banner } from './banner.js';
import { listen } from './listen.js';
import { listeningUrl } from './listening-url.js';
import { stopOnSignal } from './run-process.js';
import { type ServedApi, serveApi } from './serve-api.js';

/** Serves the API in one process, which also owns the embedded server if there is one. */
export async function serveAlone(env: Environment, host: string): Promise<void> {
  const backends = startBackends(env, { onProgress: (message) => process.stdout.write(`${message}\n`) });
  const api = backends.then((running) => start(new AppConfig(env, running), host));
  // During a start it waits for what was begun, so that nothing is left behind.
  const stop = async () => {
    await api.then((running) => running.stop(env.SHUTDOWN_GRACE_MS)).catch(() => undefined);
    await backends.then((running) => running.stop());
  };
  stopOnSignal(env.SHUTDOWN_GRACE_MS, stop);
  await api.catch(async (error: unknown) => {
    await stop().catch(() => undefined);
    throw error;
  });
}

async function start(config: AppConfig, host: string): Promise<ServedApi> {
  let address: AddressInfo | undefined;
  const api = await serveApi(config, {
    link: null,
    seeds: config.backends.embedded,
    listen: async (server) => {
      address = await listen(server, config.env.PORT, host);
    },
  });
  if (address !== undefined) {
    process.stdout.write(
      banner({ config, url: listeningUrl(address), providers: api.providers, processes: 1 }),
    );
  }
  return api;
}
