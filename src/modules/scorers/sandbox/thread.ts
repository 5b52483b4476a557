import type { Worker } from 'node:worker_threads';
import { openThread } from './open-thread.js';
import { READY, type SandboxJob, type SandboxResult } from './sandbox-job.js';
import { startWorkTimer } from './work-timer.js';

/** For a thread to load its modules. */
const MOST_START_MS = 10_000;

/** The job exceeded its time limit. */
export class JobTimedOut extends Error {}

/** The thread ended in the middle of a job. */
export class ThreadDied extends Error {}

/** One thread, which does one job at a time. A rejected job makes it unusable. */
export class Thread {
  private readonly worker: Worker;
  private readonly started: Promise<unknown>;
  private settle: { resolve: (message: unknown) => void; reject: (error: Error) => void } | null = null;
  private death: Error | null = null;

  constructor() {
    this.worker = openThread();
    this.worker.on('message', (message) => this.settle?.resolve(message));
    this.worker.on('error', (error) => this.die(new ThreadDied(error.message, { cause: error })));
    this.worker.on('exit', (code) => this.die(new ThreadDied(`the thread ended with ${code}`)));
    this.started = this.next(MOST_START_MS);
    // `start` reports the failure; this only keeps it from counting as unhandled.
    this.started.catch(() => undefined);
  }

  get isDead(): boolean {
    return this.death !== null;
  }

  /** Resolves once the thread is ready. @throws ThreadDied | JobTimedOut */
  async start(): Promise<void> {
    const message = await this.started;
    if (message !== READY) throw new ThreadDied('the thread says something else than that it is ready');
  }

  /** @throws JobTimedOut | ThreadDied */
  async perform<Job extends SandboxJob>(job: Job, mostMs: number): Promise<SandboxResult<Job>> {
    const answer = this.next(mostMs);
    this.worker.postMessage(job);
    return (await answer) as SandboxResult<Job>;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  /** Waits for the next message. The thread keeps the process alive only while a message is awaited. */
  private async next(mostMs: number): Promise<unknown> {
    if (this.death !== null) throw this.death;
    this.worker.ref();
    let stopTimer: (() => void) | undefined;
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.settle = { resolve, reject };
        stopTimer = startWorkTimer(mostMs, () => reject(new JobTimedOut(`longer than ${mostMs} ms`)));
      });
    } finally {
      stopTimer?.();
      this.settle = null;
      this.worker.unref();
    }
  }

  private die(error: Error): void {
    this.death ??= error;
    this.settle?.reject(this.death);
  }
}
