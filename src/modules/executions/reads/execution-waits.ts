import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { ExecutionReadsRepository } from './execution-reads.repository.js';

/** The first looks come quickly, for quick calls. After a second of waiting, a quarter of one more does not matter. */
const FIRST_LOOK_MS = 50;
const LAST_LOOK_MS = 250;

interface Wait {
  readonly projectId: string;
  readonly executionId: string;
  readonly end: () => void;
}

/**
 * Callers that hold their answer until an execution is final. None holds a connection: what ends in this process wakes
 * them at once, and for what ends elsewhere one statement at a time asks for all of them together.
 */
@Injectable()
export class ExecutionWaits implements BeforeApplicationShutdown {
  /** Whether waits have ended for good, because the process is leaving. */
  isLeaving = false;
  private readonly waits = new Set<Wait>();
  private lookMs = FIRST_LOOK_MS;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly reads: ExecutionReadsRepository) {}

  /** Resolves when the execution is final, after `waitMs`, or when the process is leaving. */
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

  /** It has become final in this process. */
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

  /** Never rejects: while the database is away the waits go on, and end with their time. */
  private async look(): Promise<void> {
    const asked = [...this.waits];
    const final = await this.reads.findFinal(asked).catch(() => []);
    const ids = new Set(final);
    for (const wait of asked) if (ids.has(wait.executionId)) wait.end();
    this.timer = undefined;
    this.lookSoon();
  }
}
