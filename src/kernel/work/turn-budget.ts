import type { Steps } from './steps.js';

/**
 * Lets so much heavy work into one turn of the event loop, and the rest into the next ones. Each piece alone is bounded; many that
 * arrive in the same moment would be done one after another before any other request is served.
 */
export class TurnBudget {
  private usedMs = 0;
  private isResetDue = false;

  constructor(private readonly mostMs: number) {}

  /** Runs the work at once when there is room, else in a later turn. @throws what `work` throws. */
  async run<T>(work: () => T): Promise<T> {
    while (!this.hasRoom) await nextTurn();
    return this.runNow(work);
  }

  /** True while work may still begin in this turn. */
  get hasRoom(): boolean {
    return this.usedMs < this.mostMs;
  }

  /** Runs the work at once, room or not. @throws what `work` throws. */
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
   * Does the work in slices, each of which counts as work of its turn: however much it is in all, others are heard in
   * between, and of several that are worked on at once each gets its slices in turn.
   * @throws what the work throws.
   */
  async runSteps<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = await this.run(() => this.advance(steps));
      if (done === true) return value;
      await nextTurn();
    }
  }

  /** Runs as far as this turn has room, and not further than a slice. */
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

/** Several that are worked on at once share a turn. */
const MOST_SLICE_MS = 4;

/** Enough for one piece of the heaviest (30 ms) to come on top and still leave the loop free again within 50 ms. */
const MOST_HEAVY_MS = 10;

/** A process has one event loop, so what is heavy shares one budget, whichever room it is done in. */
export const heavyWork = new TurnBudget(MOST_HEAVY_MS);

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
