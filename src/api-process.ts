import './bootstrap/leave-signals-to-supervisor.js';
import 'reflect-metadata';
import { serveHandedConnections } from './bootstrap/serve-handed-connections.js';
import { CLOSING_MS, runProcess, toSentence } from './bootstrap/run-process.js';
import { serveApi } from './bootstrap/serve-api.js';
import { AppConfig, parseEnvironment, shareEnvironment } from './infra/config/index.js';
import { SupervisorLink } from './infra/supervision/index.js';

/** One of several API processes. A supervisor starts it, gives it connections, and ends it: see `main.ts`. */
runProcess(async () => {
  const link = new SupervisorLink(process);
  // Not from `.env` again, which may have changed: what the supervisor read is in its environment, which is ours.
  const env = parseEnvironment(process.env);
  let stop = () => Promise.resolve();
  void link.toldToStop.then(async () => {
    setTimeout(() => process.exit(1), env.SHUTDOWN_GRACE_MS + CLOSING_MS).unref();
    await stop();
    process.exit(0);
  });
  const { backends, place, seeds } = await link.assigned;
  try {
    const api = await serveApi(new AppConfig(shareEnvironment(env, place), backends, place), {
      link,
      seeds,
      listen: (server) => serveHandedConnections(server, link),
    });
    stop = () => api.stop(env.SHUTDOWN_GRACE_MS);
    link.ready(api.providers);
  } catch (error) {
    const sentence = toSentence(error);
    if (sentence === null) throw error;
    await link.refuse(sentence);
    process.exit(1);
  }
});
