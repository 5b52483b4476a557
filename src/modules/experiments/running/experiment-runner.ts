import { setMaxListeners } from 'node:events';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { getMessage } from '../../../kernel/index.js';
import { type Drive, DrivesRepository } from './drives.repository.js';
import { ExperimentDrives } from './experiment-drive.js';

const LOOK_INTERVAL_MS = 1000;
/** The number of experiments that one process drives at a time. Others wait for another process or for their turn. */
const MOST_AT_ONCE = 4;
const BUDGETS_AT_ONCE = 100;
/** Renewals in the length of a lease, so that two may fail before it lapses. */
const RENEWALS_A_LEASE = 3;

/**
 * Drives experiments that no other process drives, in API and worker processes. All progress is in the database, so when a
 * process is killed, another one continues once the lease has lapsed.
 */
@Injectable()
export class ExperimentRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ExperimentRunner.name);
  private readonly driven = new Set<Promise<void>>();
  private readonly leaving = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly repository: DrivesRepository,
    private readonly drives: ExperimentDrives,
  ) {}

  onApplicationBootstrap(): void {
    // Spread the looks, so that processes which start together do not all look at once.
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS * (0.9 + Math.random() * 0.2));
    this.timer.unref();
  }

  /** Stops claiming, and releases the experiments that it drives. Their executions continue by themselves. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.leaving.abort();
    await this.looking;
    await Promise.all(this.driven);
  }

  /** Starts a look, unless one is running. */
  private look(): void {
    if (this.looking !== null || this.leaving.signal.aborted) return;
    this.looking = this.lookOnce()
      .catch((error: unknown) => this.logger.warn(`could not look for experiments: ${getMessage(error)}`))
      .finally(() => (this.looking = null));
  }

  private async lookOnce(): Promise<void> {
    const free = MOST_AT_ONCE - this.driven.size;
    const claimed = free > 0 ? await this.repository.claim(free, this.config.env.LEASE_MS) : [];
    for (const drive of claimed) {
      const driven = this.drive(drive).finally(() => this.driven.delete(driven));
      this.driven.add(driven);
    }
    await this.repository.closeBudgets(BUDGETS_AT_ONCE);
  }

  private async drive(drive: Drive): Promise<void> {
    const ending = new AbortController();
    // Each cell may add a listener.
    setMaxListeners(0, ending.signal);
    const end = () => ending.abort();
    this.leaving.signal.addEventListener('abort', end);
    if (this.leaving.signal.aborted) end();
    const renewing = setInterval(
      () => void this.renew(drive, end),
      this.config.env.LEASE_MS / RENEWALS_A_LEASE,
    );
    try {
      await this.drives.run(drive, ending.signal);
      // Has no effect when the experiment is over, or another process drives it by now.
      await this.repository.release(drive);
    } catch (error) {
      // Let the lease lapse, so that an immediate failure is not retried immediately.
      const { experimentId } = drive;
      this.logger.error({ experimentId }, `an experiment goes on later: ${getMessage(error)}`);
    } finally {
      end();
      clearInterval(renewing);
      this.leaving.signal.removeEventListener('abort', end);
    }
  }

  private async renew(drive: Drive, end: () => void): Promise<void> {
    try {
      if (!(await this.repository.renew(drive, this.config.env.LEASE_MS))) end();
    } catch (error) {
      const { experimentId } = drive;
      this.logger.warn({ experimentId }, `a lease could not be renewed: ${getMessage(error)}`);
    }
  }
}
