import { BullModule, getQueueToken } from '@nestjs/bull';
import {
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
} from '@nestjs/common';
import type { Queue } from 'bull';
import type { DatabaseListener } from '../database/index.js';
import { Bell, type BellHint } from './bell.js';
import { BullBell } from './bull-bell.js';
import { EXECUTIONS_QUEUE, KEY_PREFIX, queueOptions } from './executions-queue.js';
import { PostgresBell, type BellQuery } from './postgres-bell.js';

export interface BellModuleOptions {
  /** null: Postgres LISTEN/NOTIFY carries the rings. */
  readonly redisUrl: string | null;
  /** Two ledgers on one Redis need different prefixes. Default {@link KEY_PREFIX}. */
  readonly redisPrefix?: string;
  readonly listener: DatabaseListener;
  readonly query: BellQuery;
  readonly ringTimeoutMs?: number;
  /** Whether to warn when Redis may evict hints. Default true. */
  readonly warnsOfEviction?: boolean;
}

export interface BellModuleAsyncOptions
  extends
    Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<BellModuleOptions>, 'useFactory' | 'inject'> {}

const BELL_OPTIONS = Symbol('BELL_OPTIONS');

@Module({})
class BellOptionsModule {}

/** Provides the one `Bell` of the process. */
@Module({})
export class BellModule implements BeforeApplicationShutdown {
  constructor(private readonly bell: Bell) {}

  static forRootAsync(options: BellModuleAsyncOptions): DynamicModule {
    const optionsModule: DynamicModule = {
      module: BellOptionsModule,
      imports: options.imports ?? [],
      providers: [{ provide: BELL_OPTIONS, useFactory: options.useFactory, inject: options.inject ?? [] }],
      exports: [BELL_OPTIONS],
    };
    return {
      module: BellModule,
      global: true,
      imports: [
        optionsModule,
        BullModule.registerQueueAsync({
          name: EXECUTIONS_QUEUE,
          imports: [optionsModule],
          inject: [BELL_OPTIONS],
          useFactory: ({ redisUrl, redisPrefix }: BellModuleOptions) =>
            queueOptions(redisUrl, redisPrefix ?? KEY_PREFIX),
        }),
      ],
      providers: [
        {
          provide: Bell,
          inject: [BELL_OPTIONS, getQueueToken(EXECUTIONS_QUEUE)],
          useFactory: createBell,
        },
      ],
      exports: [Bell],
    };
  }

  /** Runs before the pools close, because until then the bell may send a last NOTIFY. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.bell.close();
  }
}

function createBell(options: BellModuleOptions, queue: Queue<BellHint>): Bell {
  const logger = new Logger('Bell');
  return options.redisUrl === null
    ? new PostgresBell({ ...options, logger })
    : new BullBell({ ...options, redisUrl: options.redisUrl, queue, logger });
}
