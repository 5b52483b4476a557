import { destination, pino, type Logger } from 'pino';
import type { AppConfig } from '../config/index.js';
import { AccessLines } from './access-lines.js';

/** The one log of the process. */
export interface RootLog {
  readonly logger: Logger;
  readonly accessLines: AccessLines;
}

/**
 * Opens the log. Lines reach the kernel between two turns of the event loop, in one write for many lines: a write per line would be a
 * system call per request. pino flushes the rest when the process exits.
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

/** Adds the process's number to each line when several processes share one log. */
function named(logger: Logger, { place }: AppConfig): Logger {
  return place === null ? logger : logger.child({ apiProcess: place.index });
}

/** Several processes share one pipe, which keeps a write of up to 4 KiB whole (POSIX' PIPE_BUF, as on Linux). */
const SHARED_OUTPUT = { maxWrite: 4096 };

function logLevel({ env, production }: AppConfig): string {
  if (env.DEBUG) return 'debug';
  // At a terminal the banner says what matters; a line for each request would scroll it away.
  return env.LOG_LEVEL ?? (production ? 'info' : 'warn');
}

function isPretty({ env, production }: AppConfig): boolean {
  return env.LOG_FORMAT === 'pretty' || (env.LOG_FORMAT === null && !production && process.stdout.isTTY);
}
