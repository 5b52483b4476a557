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
  const level = logLevel(config);
  if (isPretty(config)) {
    const options = { singleLine: true, ignore: 'pid,hostname' };
    const logger = pino({ level, transport: { target: 'pino-pretty', options } });
    return { logger, accessLines: new AccessLines(logger, null) };
  }
  const stdout = destination({ dest: 1, sync: false });
  const logger = pino({ level }, stdout);
  return { logger, accessLines: new AccessLines(logger, stdout) };
}

function logLevel({ env, production }: AppConfig): string {
  if (env.DEBUG) return 'debug';
  // At a terminal the banner says what there is to say; a line for each request would push it away.
  return env.LOG_LEVEL ?? (production ? 'info' : 'warn');
}

function isPretty({ env, production }: AppConfig): boolean {
  return env.LOG_FORMAT === 'pretty' || (env.LOG_FORMAT === null && !production && process.stdout.isTTY);
}
