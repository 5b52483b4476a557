/** Time as the code sees it, so that tests own it. Leases, due times and ids use the database's clock instead. */
export abstract class Clock {
  /** Milliseconds from an arbitrary start; never goes back. For measuring and for the age of caches. */
  abstract monotonicMs(): number;
}

export class SystemClock extends Clock {
  monotonicMs(): number {
    return performance.now();
  }
}
