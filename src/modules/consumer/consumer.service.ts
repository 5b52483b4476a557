import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Bell } from '../../infra/bell/index.js';
import { AppConfig } from '../../infra/config/index.js';
import { Metrics } from '../../infra/metrics/index.js';
import { getMessage } from '../../kernel/index.js';
import { type ClaimedExecution, ExecutionRunner, ExecutionsRepository } from '../executions/index.js';
import { Slots } from './slots.js';

/** Extra slots, as a share of the ordinary ones. */
const RESERVE = 0.25;
/** Lower than every id. */
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Works on due executions. A ring makes it look at once. It also looks about once a second, so a failed bell costs only that delay. It
 * claims only for its own free slots, because another process may start what it cannot.
 */
@Injectable()
export class ConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ConsumerService.name);
  private readonly slots: Slots;
  private readonly timers: NodeJS.Timeout[] = [];
  /** The project served last. The next claim begins with the one after it. */
  private lastProject = LOWEST_ID;
  private stopping = false;
  private isClaiming = false;
  private claiming: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | undefined;
  private lookAgain = false;

  constructor(
    private readonly config: AppConfig,
    private readonly bell: Bell,
    private readonly executions: ExecutionsRepository,
    private readonly runner: ExecutionRunner,
    private readonly metrics: Metrics,
  ) {
    const { CONCURRENCY: total } = config.env;
    this.slots = new Slots(total, Math.max(1, Math.floor(total * RESERVE)));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.bell.listen(() => this.onRing());
    // Jitter, so that processes that start together do not look at the same moment.
    const { POLL_INTERVAL_MS: pollMs } = this.config.env;
    this.every(pollMs * (0.9 + Math.random() * 0.2), () => this.look());
    void this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Stops claiming, and gives work in flight the configured grace period. */
  stop(): Promise<void> {
    this.stopped ??= this.stopOnce();
    return this.stopped;
  }

  private async stopOnce(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.bell.stopListening();
    await this.claiming;
    const idle = this.slots.whenIdle().then(() => true);
    if (!(await Promise.race([idle, afterMs(this.config.env.SHUTDOWN_GRACE_MS)]))) {
      this.logger.warn(
        'leaving with calls under way; their leases will lapse, and a sweep decides what becomes of them',
      );
    }
  }

  /**
   * Holds the bell back while all slots are taken, so that Redis gives its hints to other processes. It looks first, because the due
   * execution may belong to a project that may use the reserve.
   */
  private async onRing(): Promise<void> {
    void this.look();
    await this.slots.whenFree();
    void this.look();
  }

  /** Runs one claim at a time. A request during a claim triggers another one after it. Never rejects. */
  private look(): Promise<void> {
    this.lookAgain = true;
    if (!this.isClaiming) {
      this.isClaiming = true;
      this.claiming = this.claimWhileAsked();
    }
    return this.claiming;
  }

  private async claimWhileAsked(): Promise<void> {
    while (this.lookAgain && !this.stopping && this.slots.freeInReserve > 0) {
      this.lookAgain = false;
      const isReserve = this.slots.free === 0;
      // The reserve is handed out one slot at a time, because each project that gets one is busy afterwards.
      const wanted = isReserve ? 1 : this.slots.free;
      const claimed = await this.claim(wanted, isReserve ? this.slots.busyProjects : []);
      for (const execution of claimed) void this.work(execution);
      this.lastProject = claimed.at(-1)?.projectId ?? this.lastProject;
      // A full claim means that there may be more, so each freed slot looks again. A claim for the reserve does not cover the projects that
      // it skipped.
      if (claimed.length === wanted || isReserve) this.lookAgain = true;
      if (claimed.length < wanted && this.slots.free === 0) break;
    }
    this.isClaiming = false;
  }

  private async claim(wanted: number, passedOver: readonly string[]): Promise<ClaimedExecution[]> {
    try {
      const claimed = await this.executions.claim(wanted, { afterProject: this.lastProject, passedOver });
      this.metrics.work.looks.value += 1;
      this.metrics.work.taken.value += claimed.length;
      return claimed;
    } catch (error) {
      this.logger.warn(`nothing could be claimed: ${getMessage(error)}`);
      return [];
    }
  }

  private async work(execution: ClaimedExecution): Promise<void> {
    const { executionId, projectId } = execution;
    this.slots.take(projectId);
    try {
      // Claimed while the process began to shut down. Another process has the time to run it.
      if (this.stopping) await this.executions.release(execution, 0);
      else await this.runner.run(execution);
    } catch (error) {
      this.logger.error({ executionId }, `its end could not be written: ${getMessage(error)}`);
    } finally {
      this.slots.release(projectId);
      if (this.lookAgain) void this.look();
    }
  }

  private every(intervalMs: number, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => {
        this.logger.warn(`a regular look failed: ${getMessage(error)}`);
      });
    }, intervalMs);
    this.timers.push(timer);
  }
}

function afterMs(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
}
