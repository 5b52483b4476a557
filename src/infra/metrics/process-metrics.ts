import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { FamilyReport } from './metric-family.js';
import { readFamily } from './read-family.js';

/** Milliseconds between two samples of the event loop. */
const LOOP_RESOLUTION_MS = 20;
const NANO = 1e9;

/** The resources that the process uses, named as in other Node.js programs so that their dashboards work. */
export class ProcessMetrics {
  private readonly startedAtS = Date.now() / 1000 - process.uptime();
  private readonly loopDelay: IntervalHistogram = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });

  /** Starts to watch the event loop, without keeping the process alive. */
  start(): void {
    this.loopDelay.enable();
  }

  stop(): void {
    this.loopDelay.disable();
  }

  /** Reports the lag since the last report. */
  report(): FamilyReport[] {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const gauge = (name: string, help: string, value: number, merge: 'sum' | 'max' | 'min') =>
      readFamily({ name, help, type: 'gauge', merge }, [[[], value]]);
    return [
      gauge('prompt_ledger_processes', 'Processes whose figures are added up here.', 1, 'sum'),
      readFamily(
        { name: 'process_cpu_seconds_total', help: 'Time of the processor, in all.', type: 'counter' },
        [[[], (user + system) / 1e6]],
      ),
      gauge('process_resident_memory_bytes', 'Memory that is resident.', rss, 'sum'),
      gauge(
        'process_start_time_seconds',
        'When the process began, in seconds since 1970.',
        this.startedAtS,
        'min',
      ),
      gauge('nodejs_heap_size_used_bytes', 'Heap of JavaScript that is in use.', heapUsed, 'sum'),
      ...this.reportLoop().map(([name, help, value]) => gauge(name, help, value, 'max')),
    ];
  }

  private reportLoop(): [name: string, help: string, seconds: number][] {
    const { loopDelay } = this;
    // The part of the time between two samples that exceeds the interval.
    const seconds = (nanoseconds: number) =>
      Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / NANO - LOOP_RESOLUTION_MS / 1000) : 0;
    const [mean, p99, max] =
      loopDelay.count === 0 ? [0, 0, 0] : [loopDelay.mean, loopDelay.percentile(99), loopDelay.max];
    loopDelay.reset();
    return [
      ['nodejs_eventloop_lag_mean_seconds', 'How late the event loop was, on average.', seconds(mean)],
      [
        'nodejs_eventloop_lag_p99_seconds',
        'How late the event loop was, at the 99th percentile.',
        seconds(p99),
      ],
      ['nodejs_eventloop_lag_max_seconds', 'How late the event loop was at most.', seconds(max)],
    ];
  }
}
