import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { withTimeLimit } from '../../kernel/index.js';
import { ExecutionMetrics } from './execution-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { type FamilyReport, MetricFamily } from './metric-family.js';
import { ProcessMetrics } from './process-metrics.js';
import { WorkMetrics } from './work-metrics.js';

/** By default Prometheus allows a scrape 10 seconds and drops a slower one entirely. */
export const SOURCE_TIMEOUT_MS = 3000;

/** Reports figures that are kept elsewhere. */
export type MetricSource = () => FamilyReport[] | Promise<FamilyReport[]>;

/**
 * The counters of this process. Counting is an addition to a field; names, labels and text are built only when the metrics are read,
 * which is every fifteen seconds or never.
 */
@Injectable()
export class Metrics implements OnApplicationShutdown {
  readonly http = new HttpMetrics();
  readonly executions = new ExecutionMetrics();
  readonly work = new WorkMetrics();
  private readonly process = new ProcessMetrics();
  private readonly own: MetricSource[] = [];
  private readonly shared: MetricSource[] = [];

  /** Adds a source whose values belong to this process; those of several processes are summed. */
  add(source: MetricSource): void {
    this.own.push(source);
  }

  /** Adds a source whose values all processes share, such as the queue. Only the scraped process reports them. */
  addShared(source: MetricSource): void {
    this.shared.push(source);
  }

  /** Starts the process metrics, in a process that can be scraped. */
  start(): void {
    this.process.start();
  }

  async report(): Promise<FamilyReport[]> {
    const counted = [this.http, this.executions, this.work].flatMap(
      (group) => Object.values(group) as unknown[],
    );
    const families = counted.filter((each) => each instanceof MetricFamily).map((family) => family.report());
    return [...families, ...this.process.report(), ...(await ask(this.own))];
  }

  reportShared(): Promise<FamilyReport[]> {
    return ask(this.shared);
  }

  onApplicationShutdown(): void {
    this.process.stop();
  }
}

/** Asks all sources. One that fails or does not answer in time, for instance because the database is down, does not affect the others. */
async function ask(sources: readonly MetricSource[]): Promise<FamilyReport[]> {
  const told = await Promise.allSettled(
    sources.map((source) => withTimeLimit((async () => source())(), SOURCE_TIMEOUT_MS, 'a metric source')),
  );
  return told.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}
