import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { AppConfig } from '../config/index.js';
import { AccessLines } from './access-lines.js';
import { openRootLog } from './root-logger.js';

/**
 * JSON lines for machines, one readable line for people at a terminal. They hold ids, names, sizes and times: never
 * variables, prompts, responses or headers, at any level.
 */
@Module({})
export class LoggingModule {
  static forRoot(config: AppConfig): DynamicModule {
    const { logger, accessLines } = openRootLog(config);
    return {
      module: LoggingModule,
      // Requests are logged by the HTTP side, so no route gets the middleware; why stands there.
      imports: [LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] })],
      providers: [{ provide: AccessLines, useValue: accessLines }],
      exports: [AccessLines],
    };
  }
}
