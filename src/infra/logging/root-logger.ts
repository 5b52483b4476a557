import { destination, pino, type Logger } from 'pino';
import type { AppConfig } from '../config/index.js';
import { AccessLines } from './access-lines.js';

/** The one log of the process. */
export interface RootLog {
  readonly logger: Logger;
  readonly accessLines: AccessLines;
}

/**
 * Opens the log. Lines are handed to the kernel between two turns of the event loop, many at once when there are many:
 * a write per line is a system call per request. pino flushes what is left when the process exits.
 */
export function openRootLog(config: AppConfig): RootLog {
  const { place } = config;
  const options = { level: logLevel(config) };
  if (isPretty(config)) {
    const pretty = { target: 'pino-pretty', options: { singleLine: true, ignore: 'pid,hostname' } };
    const logger = named(pino({ ...options, transport: pretty }), config);
    return { logger, accessLines: new AccessLines(logger, null) };
  }
  const stdout = destination({ dest: 1, sync: false, ...(place === null ? {} : SHARED_OUTPUT) });
  const logger = named(pino(options, stdout), config);
  return { logger, accessLines: new AccessLines(logger, stdout) };
}

/** Where several processes write one log, each line says which of them wrote it. */
function named(logger: Logger, { place }: AppConfig): Logger {
  return place === null ? logger : logger.child({ apiProcess: place.index });
}

/** Several processes write to one pipe, which keeps a write whole up to 4 KiB (POSIX' PIPE_BUF, as Linux has it). */
const SHARED_OUTPUT = { maxWrite: 4096 };

function logLevel({ env, production }: AppConfig): string {
  if (env.DEBUG) return 'debug';
  // At a terminal the banner says what there is to say; a line for each request would push it away.
  return env.LOG_LEVEL ?? (production ? 'info' : 'warn');
}

function isPretty({ env, production }: AppConfig): boolean {
  return env.LOG_FORMAT === 'pretty' || (env.LOG_FORMAT === null && !production && process.stdout.isTTY);
}
