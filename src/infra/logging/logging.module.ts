import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { AppConfig } from '../config/index.js';
import { AccessLines } from './access-lines.js';
import { openRootLog } from './root-logger.js';

/**
 * Logs JSON lines for machines, or one readable line for people at a terminal. The lines hold ids, names, sizes and times: never variables,
 * prompts, responses or headers, at any level.
 */
@Module({})
export class LoggingModule {
  static forRoot(config: AppConfig): DynamicModule {
    const { logger, accessLines } = openRootLog(config);
    return {
      module: LoggingModule,
      // The HTTP side logs requests itself, so no route gets the middleware. `logRequests` explains why.
      imports: [LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] })],
      providers: [{ provide: AccessLines, useValue: accessLines }],
      exports: [AccessLines],
    };
  }
}
