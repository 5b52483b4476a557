import { TimeoutError } from './errors.js';

/** Timers with a longer delay fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Combines the caller's signal and a time limit into one signal. Call `dispose` when the work is over. */
export class Deadline {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private endsAtMs = Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    limitMs: number,
    private readonly callers: AbortSignal | undefined,
    what: string,
    /** An additional sentence of the message. */
    hint = '',
  ) {
    this.signal = this.controller.signal;
    this.restart(limitMs, `${what} was not over within ${Math.round(limitMs)} ms. ${hint}`.trimEnd());
    if (callers?.aborted === true) this.follow();
    else callers?.addEventListener('abort', this.follow, { once: true });
  }

  get leftMs(): number {
    return this.endsAtMs - Date.now();
  }

  /** Starts a new limit in place of the previous one. */
  restart(limitMs: number, message: string): void {
    this.pause();
    this.endsAtMs = Date.now() + limitMs;
    this.timer = setTimeout(() => this.abort(new TimeoutError(message)), Math.min(limitMs, LONGEST_TIMER_MS));
  }

  /** Suspends the limit until the next one. The caller's signal stays in effect. */
  pause(): void {
    clearTimeout(this.timer);
  }

  abort(reason: unknown): void {
    this.controller.abort(reason);
  }

  dispose(): void {
    this.pause();
    this.callers?.removeEventListener('abort', this.follow);
  }

  private readonly follow = (): void => {
    this.abort(this.callers?.reason);
  };
}
