import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Bell } from '../../infra/bell/index.js';
import { AppConfig } from '../../infra/config/index.js';
import { messageOf } from '../../kernel/index.js';
import { type ClaimedExecution, ExecutionRunner, ExecutionsRepository } from '../executions/index.js';
import { Slots } from './slots.js';

const FLOOR_INTERVAL_MS = 60_000;
/** Below every id. */
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Works on what is due. A ring makes it look at once, and it looks by itself about once a second, so that a bell which
 * is down costs a second and nothing else. It claims for its own free slots only: what it cannot start now, another
 * process may.
 */
@Injectable()
export class ConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ConsumerService.name);
  private readonly slots: Slots;
  private readonly timers: NodeJS.Timeout[] = [];
  private idFloor = LOWEST_ID;
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
  ) {
    this.slots = new Slots(config.env.CONCURRENCY);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.raiseFloor();
    await this.bell.listen(() => this.onRing());
    // Spread, so that many processes which start together do not all look at the same moment.
    const { POLL_INTERVAL_MS: pollMs } = this.config.env;
    this.every(pollMs * (0.9 + Math.random() * 0.2), () => this.look());
    this.every(FLOOR_INTERVAL_MS, () => this.raiseFloor());
    void this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Takes nothing new, and gives what is being worked on the time that the configuration allows. */
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

  /** Holds the bell back while all slots are taken: then Redis gives its hints to other processes. */
  private async onRing(): Promise<void> {
    await this.slots.whenFree();
    void this.look();
  }

  /** One claim at a time; whoever asks during one gets another after it. Never rejects. */
  private look(): Promise<void> {
    this.lookAgain = true;
    if (!this.isClaiming) {
      this.isClaiming = true;
      this.claiming = this.claimWhileAsked();
    }
    return this.claiming;
  }

  private async claimWhileAsked(): Promise<void> {
    while (this.lookAgain && !this.stopping && this.slots.free > 0) {
      this.lookAgain = false;
      const wanted = this.slots.free;
      const claimed = await this.claim(wanted);
      for (const execution of claimed) void this.work(execution);
      // As many as wanted: there may be more, and each slot that frees asks again.
      if (claimed.length === wanted) this.lookAgain = true;
    }
    this.isClaiming = false;
  }

  private async claim(wanted: number): Promise<ClaimedExecution[]> {
    try {
      return await this.executions.claim(wanted, this.idFloor);
    } catch (error) {
      this.logger.warn(`nothing could be claimed: ${messageOf(error)}`);
      return [];
    }
  }

  private async work(execution: ClaimedExecution): Promise<void> {
    this.slots.take();
    try {
      await this.runner.run(execution);
    } catch (error) {
      const { executionId } = execution;
      this.logger.error({ executionId }, `its end could not be written: ${messageOf(error)}`);
    } finally {
      this.slots.release();
      if (this.lookAgain) void this.look();
    }
  }

  private async raiseFloor(): Promise<void> {
    this.idFloor = await this.executions.findUnfinishedFloor();
  }

  private every(intervalMs: number, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => {
        this.logger.warn(`a regular look failed: ${messageOf(error)}`);
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
