import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { ExecutionReadsRepository } from './execution-reads.repository.js';

/** Looks often at first, for quick calls. After a second of waiting, another quarter of one does not matter. */
const FIRST_LOOK_MS = 50;
const LAST_LOOK_MS = 250;

interface Wait {
  readonly projectId: string;
  readonly executionId: string;
  readonly end: () => void;
}

/**
 * Lets callers wait until an execution is final, without holding a connection. An execution that ends in this process wakes
 * them at once. For those that end elsewhere, one statement at a time asks about all of them together.
 */
@Injectable()
export class ExecutionWaits implements BeforeApplicationShutdown {
  /** Whether waits have ended for good, because the process is shutting down. */
  isLeaving = false;
  private readonly waits = new Set<Wait>();
  private lookMs = FIRST_LOOK_MS;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly reads: ExecutionReadsRepository) {}

  /** Resolves when the execution is final, after `waitMs`, or when the process is shutting down. */
  async untilFinal(projectId: string, executionId: string, waitMs: number): Promise<void> {
    if (this.isLeaving || waitMs <= 0) return;
    await new Promise<void>((resolve) => {
      const wait: Wait = {
        projectId,
        executionId,
        end: () => {
          clearTimeout(timer);
          this.waits.delete(wait);
          resolve();
        },
      };
      const timer = setTimeout(wait.end, waitMs);
      this.waits.add(wait);
      this.lookMs = FIRST_LOOK_MS;
      this.lookSoon();
    });
  }

  /** Ends the waits for an execution that has become final in this process. */
  wake(executionId: string): void {
    for (const wait of this.waits) if (wait.executionId === executionId) wait.end();
  }

  /** Answers all waiting requests with the state so far, while there is still time for an answer. */
  leave(): void {
    this.isLeaving = true;
    clearTimeout(this.timer);
    for (const wait of this.waits) wait.end();
  }

  beforeApplicationShutdown(): void {
    this.leave();
  }

  private lookSoon(): void {
    if (this.timer !== undefined || this.waits.size === 0 || this.isLeaving) return;
    this.timer = setTimeout(() => void this.look(), this.lookMs);
    this.lookMs = Math.min(this.lookMs * 1.2, LAST_LOOK_MS);
  }

  /** Never rejects. While the database is away the waits go on until their time is up. */
  private async look(): Promise<void> {
    const asked = [...this.waits];
    const final = await this.reads.findFinal(asked).catch(() => []);
    const ids = new Set(final);
    for (const wait of asked) if (ids.has(wait.executionId)) wait.end();
    this.timer = undefined;
    this.lookSoon();
  }
}
