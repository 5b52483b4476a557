import { TimeoutError } from './errors.js';

/** Timers that are set for longer go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The caller's signal and a time limit as one signal. `dispose` it when the work is over. */
export class Deadline {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private endsAtMs = Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    limitMs: number,
    private readonly callers: AbortSignal | undefined,
    what: string,
    /** A further sentence of the message. */
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

  /** Another limit, from now on, instead of the one before. */
  restart(limitMs: number, message: string): void {
    this.pause();
    this.endsAtMs = Date.now() + limitMs;
    this.timer = setTimeout(() => this.abort(new TimeoutError(message)), Math.min(limitMs, LONGEST_TIMER_MS));
  }

  /** No limit until the next one; the caller's signal is followed all the same. */
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
