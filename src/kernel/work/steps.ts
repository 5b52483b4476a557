/**
 * Work in small steps: each `next()` takes a millisecond at most, so that the driver may pause and let other work go first. {@link finish}
 * runs all of it at once; `TurnBudget.runSteps` runs a few milliseconds a turn.
 */
export type Steps<T> = Generator<void, T, void>;

/** @throws whatever the work throws. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
