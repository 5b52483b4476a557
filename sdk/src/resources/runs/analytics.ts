import type { ApiPromise, CallOptions, Sent, Transport } from '../../core/index.js';
import type {
  Activity,
  ActivityQuery,
  Analytics,
  AnalyticsQuery,
  CostQuery,
  Costs,
  ExecutionFigures,
  FiguresQuery,
  ModeAnalytics,
  PromptMode,
} from '../../wire/index.js';

/** Counts and costs of final executions. */
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

  /** Returns counts, errors, tokens, cost and latency percentiles, over time or grouped by a common property. */
  executions(query: Sent<FiguresQuery> = {}, options?: CallOptions): ApiPromise<ExecutionFigures> {
    return this.transport.get('/v1/analytics/executions', query, options);
  }

  /** Reads the executions and costs of up to 200 prompts for each day. */
  activity(query: Sent<ActivityQuery>, options?: CallOptions): ApiPromise<Activity> {
    return this.transport.get('/v1/analytics/activity', query, options);
  }

  costs(query: Sent<CostQuery>, options?: CallOptions): ApiPromise<Costs> {
    return this.transport.get('/v1/analytics/costs', query, options);
  }
}
