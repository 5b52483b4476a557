import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { withTimeLimit } from '../../kernel/index.js';
import { ExecutionMetrics } from './execution-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import type { FamilyReport } from './metric-family.js';
import { ProcessMetrics } from './process-metrics.js';
import { WorkMetrics } from './work-metrics.js';

/** Prometheus gives a scrape 10 seconds unless it is told otherwise, and drops all of one that takes longer. */
export const SOURCE_TIMEOUT_MS = 3000;

/** Reports figures that somebody else keeps. */
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

  /** Values of this process; with several processes they are added up. */
  add(source: MetricSource): void {
    this.own.push(source);
  }

  /** Values that all processes share, such as the queue: the process that is scraped reports them once. */
  addShared(source: MetricSource): void {
    this.shared.push(source);
  }

  /** For a process that somebody may ask. */
  start(): void {
    this.process.start();
  }

  async report(): Promise<FamilyReport[]> {
    const { http, executions, work } = this;
    const families = [
      http.requests,
      http.durations,
      executions.ended,
      executions.attempts,
      executions.tokens,
      executions.cost,
      executions.durations,
      executions.firstTokens,
      work.claims,
      work.claimed,
      work.swept,
      work.erased,
      work.dropped,
      work.journalRows,
      work.journalWaits,
      work.journalCommits,
    ].map((family) => family.report());
    return [...families, ...this.process.report(), ...(await ask(this.own))];
  }

  reportShared(): Promise<FamilyReport[]> {
    return ask(this.shared);
  }

  onApplicationShutdown(): void {
    this.process.stop();
  }
}

/** A source that fails or does not answer, such as one that asks a database which is away, takes none of the others with it. */
async function ask(sources: readonly MetricSource[]): Promise<FamilyReport[]> {
  const told = await Promise.allSettled(
    sources.map((source) => withTimeLimit((async () => source())(), SOURCE_TIMEOUT_MS, 'a metric source')),
  );
  return told.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}
