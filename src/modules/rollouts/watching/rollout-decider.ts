import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { getMessage } from '../../../kernel/index.js';
import { LookTaker } from './look-taker.js';
import { type WatchedRollout, WatchedRolloutsRepository } from './watched-rollouts.repository.js';

const LOOK_INTERVAL_MS = 1000;
const MOST_AT_ONCE = 200;
/** The pause after a failure, to avoid an immediate retry. */
const AFTER_FAILURE_MS = 3000;
/** The share of a process' time that looks at one rollout may take. A rollout with a million units is looked at less often. */
const MOST_SHARE = 0.1;

/**
 * Looks at running rollouts about once a second, in every process. The database decides which process looks, so a killed one is not missed.
 */
@Injectable()
export class RolloutDecider implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RolloutDecider.name);
  private readonly notBefore = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;
  private isLeaving = false;

  constructor(
    private readonly watched: WatchedRolloutsRepository,
    private readonly looks: LookTaker,
  ) {}

  onApplicationBootstrap(): void {
    // Jitter, so that processes that start together do not look at the same moment.
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS * (0.9 + Math.random() * 0.2));
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isLeaving = true;
    clearInterval(this.timer);
    await this.looking;
  }

  /** Runs one round at a time. */
  private look(): void {
    if (this.looking !== null || this.isLeaving) return;
    this.looking = this.lookOnce()
      .catch((error: unknown) => this.logger.warn(`could not look for rollouts: ${getMessage(error)}`))
      .finally(() => (this.looking = null));
  }

  private async lookOnce(): Promise<void> {
    const all = await this.watched.list(MOST_AT_ONCE);
    const known = new Set(all.map(({ rolloutId }) => rolloutId));
    this.looks.keepOnly(known);
    for (const rolloutId of this.notBefore.keys())
      if (!known.has(rolloutId)) this.notBefore.delete(rolloutId);
    for (const one of all) {
      if (this.isLeaving) return;
      if (performance.now() >= (this.notBefore.get(one.rolloutId) ?? 0)) await this.lookAt(one);
    }
  }

  private async lookAt(rollout: WatchedRollout): Promise<void> {
    const { rolloutId } = rollout;
    const startedAtMs = performance.now();
    try {
      const decision = await this.looks.take(rollout);
      if (decision !== null && decision.kind !== 'continue')
        this.logger.log({ rolloutId, decision }, 'a look at a rollout has decided');
      const nowMs = performance.now();
      this.notBefore.set(rolloutId, nowMs + (nowMs - startedAtMs) / MOST_SHARE - LOOK_INTERVAL_MS);
    } catch (error) {
      this.logger.error({ rolloutId }, `a rollout could not be looked at: ${getMessage(error)}`);
      this.notBefore.set(rolloutId, performance.now() + AFTER_FAILURE_MS);
    }
  }
}
