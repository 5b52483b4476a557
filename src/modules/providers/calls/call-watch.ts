import { ProviderError } from '../provider.contract.js';

/** Longer timers than this fire at once (Node, `setTimeout`). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface CallLimits {
  /** For the whole call, from its start. */
  readonly deadlineMs: number;
  /** Longest silence between two events, including before the first; null for no limit but the deadline. */
  readonly idleTimeoutMs: number | null;
}

/** Why a call ended early: its deadline, the provider's silence, or its caller or reader. */
export type Interruption = 'deadline' | 'silence' | 'caller';

/** Ends a call early for one of three reasons, whichever comes first. */
export class CallWatch {
  /** Why the call ended early; null if it did not. */
  interruptedBy: Interruption | null = null;

  private readonly controller = new AbortController();
  private readonly deadline: NodeJS.Timeout;
  private readonly idle: NodeJS.Timeout | null;
  private readonly onAbort = (): void => this.interrupt(this.caller?.reason, 'caller');
  /** Settles the step being awaited. `Promise.race` with a long-lived promise would leak per event. */
  private rejectStep: ((reason: unknown) => void) | null = null;
  private readonly startedAtMs = performance.now();
  /** When the wait for the reader began; null while waiting for the provider. */
  private readerSinceMs: number | null = null;
  private readerWaitedMs = 0;

  constructor(
    limits: CallLimits,
    private readonly caller: AbortSignal | undefined,
  ) {
    const { deadlineMs, idleTimeoutMs } = limits;
    this.deadline = timer(deadlineMs, () => {
      this.interrupt(
        new ProviderError('timeout', `The provider did not finish within ${Math.round(deadlineMs)} ms.`),
        'deadline',
      );
    });
    this.idle =
      idleTimeoutMs === null
        ? null
        : timer(idleTimeoutMs, () => {
            if (this.readerSinceMs !== null) return;
            this.interrupt(
              new ProviderError('timeout', `The provider was silent for ${Math.round(idleTimeoutMs)} ms.`),
              'silence',
            );
          });
    // A timer takes at least a millisecond, and no request gets through in less, so none is sent.
    if (deadlineMs < 1) {
      this.interrupt(new ProviderError('timeout', 'The deadline had passed already.'), 'deadline');
    }
    if (caller?.aborted === true) this.onAbort();
    else caller?.addEventListener('abort', this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The total time spent waiting for the reader of the answer. */
  get readerMs(): number {
    const sinceMs = this.readerSinceMs;
    return this.readerWaitedMs + (sinceMs === null ? 0 : performance.now() - sinceMs);
  }

  /** The time that the provider has had: the whole call without the waits for the reader. */
  get providerMs(): number {
    return performance.now() - this.startedAtMs - this.readerMs;
  }

  /** @throws the reason of the interruption, if there was one. */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** Settles like `step`, or rejects on interruption. Each fulfilled step restarts the idle timer. */
  orInterrupted<T>(step: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.rejectStep = reject;
      step.then((value) => {
        this.idle?.refresh();
        resolve(value);
      }, reject);
      if (this.signal.aborted) reject(this.signal.reason);
    });
  }

  /** Waits for the reader of the answer, whose slowness is not the provider's silence. */
  async readerOrInterrupted(step: Promise<void>): Promise<void> {
    this.readerSinceMs = performance.now();
    try {
      // Settling restarts the idle timer, even if it fired meanwhile.
      await this.orInterrupted(step);
    } finally {
      this.readerWaitedMs = this.readerMs;
      this.readerSinceMs = null;
    }
  }

  end(succeeded: boolean): void {
    clearTimeout(this.deadline);
    if (this.idle !== null) clearTimeout(this.idle);
    this.caller?.removeEventListener('abort', this.onAbort);
    // A failure on our side (too long a response) must free the connection. After a success it is kept for the next call.
    if (!succeeded) this.controller.abort();
  }

  /** The first reason wins. */
  interrupt(reason: unknown, by: Interruption): void {
    if (!this.signal.aborted) this.interruptedBy = by;
    this.controller.abort(reason);
    this.rejectStep?.(this.signal.reason);
  }
}

function timer(ms: number, fire: () => void): NodeJS.Timeout {
  return setTimeout(fire, Math.min(ms, LONGEST_TIMER_MS));
}
