import { AppConfig, type Environment } from '../../infra/config/index.js';
import { openRootLog } from '../../infra/logging/index.js';
import { startBackends } from '../backends.js';
import { banner } from '../banner.js';
import { listeningUrl } from '../listening-url.js';
import { stopOnSignal } from '../run-process.js';
import { LatePort } from './late-port.js';
import { ProcessPool } from './process-pool.js';

export interface SuperviseOptions {
  readonly host: string;
  /** At least two. */
  readonly processes: number;
}

/**
 * Runs several API processes behind one port. This process does what must happen once (embedded server, migrations, secrets, the port),
 * starts the others, accepts connections and hands each to the next process, and replaces one that dies.
 *
 * `node:cluster` is not used: when its last worker closes, connections that the primary has accepted and not delivered are reset or left
 * hanging. Here the port closes first, and every accepted connection is answered.
 */
export async function supervise(env: Environment, { host, processes }: SuperviseOptions): Promise<void> {
  const onProgress = (message: string) => process.stdout.write(`${message}\n`);
  let logLoss = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  let giveUp: (error: Error) => void = () => undefined;
  const givenUp = new Promise<never>((_resolve, reject) => (giveUp = reject));
  givenUp.catch(() => undefined);
  const pool = new ProcessPool({
    count: processes,
    onLoss: (sentence) => logLoss(sentence),
    onGivenUp: giveUp,
  });
  process.once('exit', () => pool.kill());
  const port = new LatePort((socket) => pool.deal(socket));
  const backends = startBackends(env, { onProgress, processes });
  const start = async () => {
    const config = new AppConfig(env, await backends);
    const logger = openRootLog(config).logger.child({ context: 'Supervisor' });
    logLoss = (sentence) => logger.error(sentence);
    const { databaseUrl, keyHashSecret, secretsKey = null, embedded } = config.backends;
    const providers = await pool.start({
      backends: { databaseUrl, keyHashSecret, secretsKey, embedded },
      seeds: embedded,
    });
    const address = await port.open(env.PORT, host);
    if (address === null) return;
    process.stdout.write(banner({ config, url: listeningUrl(address), providers, processes }));
  };
  let stopped: Promise<void> | undefined;
  // During a start it waits for what was begun, so that nothing is left behind. The embedded server goes last.
  const stop = () =>
    (stopped ??= port
      .close()
      .then(() => pool.stop())
      .then(() => backends.then((running) => running.stop())));
  stopOnSignal(env.SHUTDOWN_GRACE_MS, stop);
  try {
    await start();
    await givenUp;
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}
