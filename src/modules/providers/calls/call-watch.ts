import { ProviderError } from '../provider.contract.js';

/** Longer timers than this fire at once (Node, `setTimeout`). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface CallLimits {
  /** For the whole call, from now. */
  readonly deadlineMs: number;
  /** Longest silence between two events, the first included; null for none but the deadline. */
  readonly idleTimeoutMs: number | null;
}

/** Why a call ended early: its deadline, the provider's silence, or its caller or reader. */
export type Interruption = 'deadline' | 'silence' | 'caller';

/** Ends a call early for one of three reasons, whichever comes first. */
export class CallWatch {
  /** The reason why the call ended early; null when it did not. */
  interruptedBy: Interruption | null = null;

  private readonly controller = new AbortController();
  private readonly deadline: NodeJS.Timeout;
  private readonly idle: NodeJS.Timeout | null;
  private readonly onAbort = (): void => this.interrupt(this.caller?.reason, 'caller');
  /** Settles the one step that is being waited for. `Promise.race` with a long-lived promise would leak per event. */
  private rejectStep: ((reason: unknown) => void) | null = null;
  private readonly startedAtMs = performance.now();
  /** Since when the reader is waited for; null while the provider is. */
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
    // A timer takes a millisecond at least, and in less than that no request gets through: rather none is sent.
    if (deadlineMs < 1) {
      this.interrupt(new ProviderError('timeout', 'The deadline had passed already.'), 'deadline');
    }
    if (caller?.aborted === true) this.onAbort();
    else caller?.addEventListener('abort', this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The time spent waiting for the reader of the answer, all in all. */
  get readerMs(): number {
    const sinceMs = this.readerSinceMs;
    return this.readerWaitedMs + (sinceMs === null ? 0 : performance.now() - sinceMs);
  }

  /** The time that the provider has had: all of the call, less the waits for the reader. */
  get providerMs(): number {
    return performance.now() - this.startedAtMs - this.readerMs;
  }

  /** @throws the reason of the interruption, if there was one. */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** Settles as `step` does, or rejects at the interruption; each settled step winds the idle timer up again. */
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

  /** The same for the reader of the answer, whose slowness is not the provider's silence. */
  async readerOrInterrupted(step: Promise<void>): Promise<void> {
    this.readerSinceMs = performance.now();
    try {
      // Settling winds the idle timer up again, also when it ran out meanwhile.
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
    // A failure of ours (too long a response) must free the connection; after a success it is kept for the next.
    if (!succeeded) this.controller.abort();
  }

  /** The first reason stays. */
  interrupt(reason: unknown, by: Interruption): void {
    if (!this.signal.aborted) this.interruptedBy = by;
    this.controller.abort(reason);
    this.rejectStep?.(this.signal.reason);
  }
}

function timer(ms: number, fire: () => void): NodeJS.Timeout {
  return setTimeout(fire, Math.min(ms, LONGEST_TIMER_MS));
}
