import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Options } from 'pino-http';
import type { AppConfig } from '../config/index.js';
import { requestIdOf } from '../http/index.js';

/**
 * JSON lines for machines, one readable line for people at a terminal. They hold ids, names, sizes and times: never
 * variables, prompts, responses or headers, at any level.
 */
@Module({})
export class LoggingModule {
  static forRoot(config: AppConfig): DynamicModule {
    return { module: LoggingModule, imports: [LoggerModule.forRoot({ pinoHttp: httpLogOptions(config) })] };
  }
}

function httpLogOptions(config: AppConfig): Options {
  return {
    level: logLevel(config),
    ...(isPretty(config)
      ? { transport: { target: 'pino-pretty', options: { singleLine: true, ignore: 'pid,hostname' } } }
      : {}),
    autoLogging: { ignore: (request) => request.url?.startsWith('/health') ?? false },
    genReqId: (request) => requestIdOf(request) ?? '',
    quietReqLogger: true,
    // Only what may stand in a log: the defaults would write headers, keys among them, and the query.
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: url.split('?')[0],
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  };
}

function logLevel({ env, production }: AppConfig): string {
  if (env.DEBUG) return 'debug';
  // At a terminal the banner says what there is to say; a line for each request would push it away.
  return env.LOG_LEVEL ?? (production ? 'info' : 'warn');
}

function isPretty({ env, production }: AppConfig): boolean {
  return env.LOG_FORMAT === 'pretty' || (env.LOG_FORMAT === null && !production && process.stdout.isTTY);
}
