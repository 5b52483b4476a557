import { TimeoutError } from './errors.js';

/** The caller's signal and a time limit as one signal. `dispose` it when the work is over. */
export class Deadline {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly endsAtMs: number;
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(
    limitMs: number,
    private readonly callers: AbortSignal | undefined,
    what: string,
  ) {
    this.signal = this.controller.signal;
    this.endsAtMs = Date.now() + limitMs;
    this.timer = setTimeout(
      () => this.controller.abort(new TimeoutError(`${what} was not over within ${limitMs} ms.`)),
      limitMs,
    );
    if (callers?.aborted === true) this.follow();
    else callers?.addEventListener('abort', this.follow, { once: true });
  }

  get leftMs(): number {
    return this.endsAtMs - Date.now();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.callers?.removeEventListener('abort', this.follow);
  }

  private readonly follow = (): void => {
    this.controller.abort(this.callers?.reason);
  };
}
