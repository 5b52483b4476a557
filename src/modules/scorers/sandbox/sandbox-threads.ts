import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SandboxUnavailableError } from '../errors.js';
import { SANDBOX } from './sandbox-bounds.js';
import type { SandboxJob, SandboxResult } from './sandbox-job.js';
import { JobTimedOut, Thread, ThreadDied } from './thread.js';

/** Scoring must leave processors free for other work on the machine. */
const MOST_THREADS = 2;

/**
 * The threads that run scorers, so that they cannot block the event loop. Threads start on demand. One that dies, or is ended because of a
 * job, is replaced with the next job.
 */
@Injectable()
export class SandboxThreads implements OnApplicationShutdown {
  private readonly idle: Thread[] = [];
  private readonly all = new Set<Thread>();
  private readonly waiting: (() => void)[] = [];
  private places = MOST_THREADS;
  private isClosed = false;

  /**
   * Does a job in a thread.
   * @throws JobTimedOut | ThreadDied when the job ended its thread.
   * @throws SandboxUnavailableError `SANDBOX_UNAVAILABLE` if no thread can be started, or the process is shutting down.
   */
  async run<Job extends SandboxJob>(job: Job): Promise<SandboxResult<Job>> {
    await this.takePlace();
    try {
      const thread = await this.takeThread();
      try {
        const result = await thread.perform(job, SANDBOX.workMs);
        this.idle.push(thread);
        return result;
      } catch (error) {
        this.all.delete(thread);
        await thread.end();
        throw this.isClosed ? new SandboxUnavailableError(error) : error;
      }
    } finally {
      this.places += 1;
      this.waiting.shift()?.();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.all].map((thread) => thread.end()));
  }

  private async takePlace(): Promise<void> {
    while (this.places === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.places -= 1;
  }

  private async takeThread(): Promise<Thread> {
    if (this.isClosed) throw new SandboxUnavailableError();
    const thread = this.takeIdle() ?? new Thread();
    this.all.add(thread);
    try {
      await thread.start();
      return thread;
    } catch (error) {
      this.all.delete(thread);
      await thread.end();
      if (error instanceof ThreadDied || error instanceof JobTimedOut)
        throw new SandboxUnavailableError(error);
      throw error;
    }
  }

  /** Returns an idle thread that is still alive. */
  private takeIdle(): Thread | undefined {
    for (;;) {
      const thread = this.idle.pop();
      if (thread?.isDead !== true) return thread;
      this.all.delete(thread);
    }
  }
}
