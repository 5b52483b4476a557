/** The time as the code sees it, so that tests can control it. Leases, due times and ids use the database's clock instead. */
export abstract class Clock {
  /** Milliseconds since an arbitrary start; never goes back. For measuring durations and the age of cache entries. */
  abstract monotonicMs(): number;
}

export class SystemClock extends Clock {
  monotonicMs(): number {
    return performance.now();
  }
}
