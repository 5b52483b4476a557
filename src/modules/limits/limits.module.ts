import { Module } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { openRedis } from '../../infra/redis/index.js';
import { createMemoryCounters, SUPERVISOR_LINK, type SupervisorLink } from '../../infra/supervision/index.js';
import { Clock } from '../../kernel/index.js';
import { RateCounters } from './rate-counters.js';
import { RateLimits } from './rate-limits.js';
import { SupervisedCounters } from './supervised-counters.js';

/** Limits requests and tokens per minute. The API refuses requests, and the process that makes the call counts its tokens. */
@Module({
  providers: [
    RateLimits,
    {
      provide: RateCounters,
      inject: [AppConfig, Clock, SUPERVISOR_LINK],
      useFactory: ({ env: { REDIS_URL: url } }: AppConfig, clock: Clock, link: SupervisorLink | null) =>
        new RateCounters(
          url === null ? null : openRedis(url),
          clock,
          link === null ? createMemoryCounters() : new SupervisedCounters(link),
        ),
    },
  ],
  exports: [RateLimits],
})
export class LimitsModule {}
