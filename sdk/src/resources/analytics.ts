import type { ApiPromise, CallOptions, Sent, Transport } from '../core/index.js';
import type { Analytics, AnalyticsQuery, ModeAnalytics, PromptMode } from '../wire/index.js';

/** Counts of final executions. */
export class AnalyticsResource {
  constructor(private readonly transport: Transport) {}

  prompts(
    query: Sent<AnalyticsQuery> & { readonly mode: PromptMode },
    options?: CallOptions,
  ): ApiPromise<ModeAnalytics>;
  prompts(
    query?: Sent<AnalyticsQuery> & { readonly mode?: 'all' | undefined },
    options?: CallOptions,
  ): ApiPromise<Analytics>;
  prompts(query: Sent<AnalyticsQuery> = {}, options?: CallOptions): ApiPromise<Analytics | ModeAnalytics> {
    return this.transport.get('/v1/analytics/prompts', query, options);
  }
}
