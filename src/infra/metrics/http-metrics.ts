import { type CounterSeries, counterFamily, type HistogramSeries, histogramFamily } from './metric-family.js';

/** Method and path of the routes whose duration is measured; the others are only counted. */
const TIMED_ROUTES: ReadonlySet<string> = new Set([
  'POST /v1/executions:run',
  'POST /v1/executions:stream',
  'POST /v1/executions:submit',
  'GET /v1/executions/{execution_id}',
  'GET /v1/prompts/{name}',
  'POST /openai/v1/chat/completions',
]);
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const LEFT = 499;

/** Seconds, from a read out of memory to a run that waits for a slow model. */
const REQUEST_BOUNDS = [0.001, 0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30];
export const MOST_ROUTE_STATUSES = 120;
export const MOST_TIMED_SETS = 18;

/** One route with one method. */
class RouteMetrics {
  private readonly counters: CounterSeries[] = [];
  private readonly times: HistogramSeries[] = [];

  constructor(
    private readonly metrics: HttpMetrics,
    private readonly method: string,
    private readonly route: string,
    private readonly isTimed: boolean,
  ) {}

  observe(status: number, elapsedMs: number): void {
    const counter = this.counters[status] ?? this.addCounter(status);
    counter.value += 1;
    if (!this.isTimed) return;
    const time = this.times[(status / 100) | 0] ?? this.addTime((status / 100) | 0);
    time.observe(elapsedMs / 1000);
  }

  private addCounter(status: number): CounterSeries {
    return (this.counters[status] = this.metrics.requests.with(this.method, this.route, String(status)));
  }

  private addTime(hundreds: number): HistogramSeries {
    const status = CLASSES[hundreds - 1] ?? 'other';
    return (this.times[hundreds] = this.metrics.durations.with(this.method, this.route, status));
  }
}

/** Counts requests by route and status. The route label is its pattern from the API's document, so client input never becomes a label. */
export class HttpMetrics {
  readonly requests = counterFamily({
    name: 'prompt_ledger_http_requests_total',
    help: 'Requests that are over, by route and status; 499: the client left before the answer began.',
    labelNames: ['method', 'route', 'status'],
    mostSets: MOST_ROUTE_STATUSES,
    // An alert on 5xx also has to see routes that came too late for a label of their own.
    other: ['other', 'other', '?xx'],
  });
  readonly durations = histogramFamily({
    name: 'prompt_ledger_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer, of the routes that are called most, by class of status.',
    labelNames: ['method', 'route', 'status'],
    bounds: REQUEST_BOUNDS,
    mostSets: MOST_TIMED_SETS,
    other: ['other', 'other', 'other'],
  });
  private readonly routes = new Map<string, Map<string, RouteMetrics>>();

  /**
   * @param route the route's pattern; null when none matched.
   * @param status null when the client left before an answer began.
   */
  observe(method: string, route: string | null, status: number | null, elapsedMs: number): void {
    this.getRouteMetrics(METHODS.has(method) ? method : 'other', route ?? 'none').observe(
      status ?? LEFT,
      elapsedMs,
    );
  }

  private getRouteMetrics(method: string, pattern: string): RouteMetrics {
    return this.routes.get(method)?.get(pattern) ?? this.addRoute(method, pattern);
  }

  private addRoute(method: string, pattern: string): RouteMetrics {
    const route = toDocumentedPath(pattern);
    const metrics = new RouteMetrics(this, method, route, TIMED_ROUTES.has(`${method} ${route}`));
    const ofMethod = this.routes.get(method) ?? new Map<string, RouteMetrics>();
    this.routes.set(method, ofMethod.set(pattern, metrics));
    return metrics;
  }
}

/** Converts `/v1/prompts/:name\:render` to the document's form, `/v1/prompts/{name}:render`. */
export function toDocumentedPath(pattern: string): string {
  return pattern.replaceAll(/(?<!\\):(\w+)/g, '{$1}').replaceAll('\\', '');
}
