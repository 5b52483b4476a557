import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '../../infra/config/index.js';
import { type Assignment, createMemoryCounters, type ProviderLine } from '../../infra/supervision/index.js';
import { ApiProcess, type ProcessEnd } from './api-process.js';
import { ReportGatherer } from './report-gatherer.js';

/** Failed starts in a row in one place; after this many, another start is pointless. */
const MOST_FAILED_STARTS = 3;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** A crash after this long is not counted as a failed start. */
const STABLE_AFTER_MS = 60_000;

export interface PoolOptions {
  readonly count: number;
  /** Called when a process ends without having been told to. */
  readonly onLoss: (sentence: string) => void;
  /** Called once, when processes can no longer be started. */
  readonly onGivenUp: (error: ConfigurationError) => void;
}

/** Keeps this many API processes running and distributes connections among the ready ones. */
export class ProcessPool {
  private readonly running = new Set<ApiProcess>();
  private readonly ready: ApiProcess[] = [];
  private readonly places: Promise<void>[];
  private readonly counters = createMemoryCounters();
  private readonly gatherer = new ReportGatherer(() => this.running);
  private readonly halt = new AbortController();
  private assign: (base: Pick<Assignment, 'backends' | 'seeds'>) => void = () => undefined;
  private readonly assigned: Promise<Pick<Assignment, 'backends' | 'seeds'>>;
  private readonly allReady: Promise<readonly ProviderLine[]>;
  private resolveAllReady: (providers: readonly ProviderLine[]) => void = () => undefined;
  private rejectAllReady: (error: Error) => void = () => undefined;
  private hasStarted = false;
  private hasSeeded = false;
  /** Connections that arrived while no process was ready. */
  private waiting: Socket[] = [];

  /** The processes load their code at once and then wait for {@link start}. */
  constructor(private readonly options: PoolOptions) {
    this.assigned = new Promise((resolve) => (this.assign = resolve));
    this.allReady = new Promise((resolve, reject) => {
      this.resolveAllReady = resolve;
      this.rejectAllReady = reject;
    });
    this.allReady.catch(() => undefined);
    this.places = Array.from({ length: options.count }, (_, at) => this.keep(at + 1));
  }

  /**
   * Resolves when all processes are ready.
   * @throws ConfigurationError when one refuses to start, or repeatedly ends during its start.
   */
  async start(base: Pick<Assignment, 'backends' | 'seeds'>): Promise<readonly ProviderLine[]> {
    this.assign(base);
    const providers = await this.allReady;
    this.hasStarted = true;
    return providers;
  }

  /** Gives a connection to the next process in turn, so that all get the same number. */
  deal(socket: Socket): void {
    const next = this.ready.shift();
    if (next === undefined) {
      this.waiting.push(socket);
      return;
    }
    this.ready.push(next);
    next.give(socket);
  }

  /** Tells all processes to leave, and resolves when they have. Deal no connection from then on. */
  async stop(): Promise<void> {
    this.halt.abort();
    for (const socket of this.waiting) socket.destroy();
    // A process that is not ready has nothing to finish.
    for (const each of this.running)
      if (this.ready.includes(each)) each.stop();
      else each.kill();
    await Promise.all(this.places);
  }

  /** Ends all processes at once. */
  kill(): void {
    this.halt.abort();
    for (const each of this.running) each.kill();
  }

  /** Runs one process after another in one place, until the pool halts. Never rejects. */
  private async keep(index: number): Promise<void> {
    let failedStarts = 0;
    let waitMs = FIRST_WAIT_MS;
    while (!this.isHalted()) {
      const startedMs = performance.now();
      const { pid, end, wasReady } = await this.runOnce(index);
      if (this.isHalted()) {
        for (const socket of end.unsent) socket.destroy();
        return;
      }
      for (const socket of end.unsent) this.deal(socket);
      failedStarts = wasReady ? 0 : failedStarts + 1;
      if (performance.now() - startedMs > STABLE_AFTER_MS) waitMs = FIRST_WAIT_MS;
      const who = `API process ${index} (pid ${pid})`;
      if (this.isHopeless(end, failedStarts)) {
        this.giveUp(
          end.refusal ??
            `${who} ended before it was ready, ${failedStarts} times in a row, the last time with ${end.how}; its output is above.`,
        );
        return;
      }
      this.options.onLoss(`${who} ended with ${end.how}; another one takes its place`);
      await sleep(waitMs, undefined, { signal: this.halt.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }

  private async runOnce(index: number): Promise<{ pid: number; end: ProcessEnd; wasReady: boolean }> {
    const api = new ApiProcess(this.counters, () => this.gatherer.gather());
    this.running.add(api);
    let wasReady = false;
    void this.assigned.then(({ backends, seeds }) => {
      const place = { index, count: this.options.count };
      api.start({ place, backends, seeds: seeds && index === 1 && !this.hasSeeded });
    });
    void api.ready.then((providers) => {
      wasReady = true;
      this.join(api, index, providers);
    });
    const end = await api.ended;
    this.running.delete(api);
    this.gatherer.retire(api);
    const at = this.ready.indexOf(api);
    if (at >= 0) this.ready.splice(at, 1);
    return { pid: api.pid, end, wasReady };
  }

  private join(api: ApiProcess, index: number, providers: readonly ProviderLine[]): void {
    if (index === 1) this.hasSeeded = true;
    this.ready.push(api);
    if (this.ready.length === this.options.count) this.resolveAllReady(providers);
    const waiting = this.waiting;
    this.waiting = [];
    for (const socket of waiting) this.deal(socket);
  }

  /**
   * During the service's start any failure is final. Later the remaining processes continue: a database outage of a minute must not end a
   * service of which one process crashed meanwhile.
   */
  private isHopeless({ refusal }: ProcessEnd, failedStarts: number): boolean {
    if (this.hasStarted) return failedStarts >= MOST_FAILED_STARTS && this.ready.length === 0;
    return refusal !== null || failedStarts >= MOST_FAILED_STARTS;
  }

  private giveUp(sentence: string): void {
    if (this.isHalted()) return;
    const error = new ConfigurationError(sentence);
    if (this.hasStarted) this.options.onGivenUp(error);
    else this.rejectAllReady(error);
  }

  private isHalted(): boolean {
    return this.halt.signal.aborted;
  }
}
