/**
 * Work that is done a little at a time: each `next()` takes a millisecond at most, so that the driver may stop and let other work go
 * first. {@link finish} does all of it at once, `TurnBudget.runSteps` a few milliseconds a turn.
 */
export type Steps<T> = Generator<void, T, void>;

/** @throws what the work throws. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
