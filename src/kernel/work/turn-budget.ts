import type { Steps } from './steps.js';

/**
 * Limits the heavy work in one turn of the event loop and defers the rest to the next turns. Each piece alone is bounded, but many that
 * arrive together would otherwise all run before any other request is served.
 */
export class TurnBudget {
  private usedMs = 0;
  private isResetDue = false;

  constructor(private readonly mostMs: number) {}

  /** Runs the work at once when there is room, otherwise in a later turn. @throws whatever `work` throws. */
  async run<T>(work: () => T): Promise<T> {
    while (!this.hasRoom) await nextTurn();
    return this.runNow(work);
  }

  /** True while work may still begin in this turn. */
  get hasRoom(): boolean {
    return this.usedMs < this.mostMs;
  }

  /** Runs the work at once regardless of room. @throws whatever `work` throws. */
  runNow<T>(work: () => T): T {
    const startedAtMs = performance.now();
    try {
      return work();
    } finally {
      this.usedMs += performance.now() - startedAtMs;
      this.resetSoon();
    }
  }

  /**
   * Runs the work in slices that each count towards their turn's budget. Other requests are served in between, however much work it is, and
   * concurrent works take turns.
   * @throws whatever the work throws.
   */
  async runSteps<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = await this.run(() => this.advance(steps));
      if (done === true) return value;
      await nextTurn();
    }
  }

  /** Runs as far as this turn has room, for at most one slice. */
  private advance<T>(steps: Steps<T>): IteratorResult<void, T> {
    const untilMs = performance.now() + Math.min(MOST_SLICE_MS, this.mostMs - this.usedMs);
    let result = steps.next();
    while (result.done !== true && performance.now() < untilMs) result = steps.next();
    return result;
  }

  private resetSoon(): void {
    if (this.isResetDue) return;
    this.isResetDue = true;
    setImmediate(() => {
      this.usedMs = 0;
      this.isResetDue = false;
    });
  }
}

/** Small enough that several works share a turn. */
const MOST_SLICE_MS = 4;

/** Small enough that one of the heaviest pieces (30 ms) on top still leaves the loop free within 50 ms. */
const MOST_HEAVY_MS = 10;

/** A process has one event loop, so all heavy work shares one budget, whichever module does it. */
export const heavyWork = new TurnBudget(MOST_HEAVY_MS);

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
