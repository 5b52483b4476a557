import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  handleWhenResult,
} from 'cockatiel';

/**
 * What one call shows about the provider. `answered`: it is up, though it refused the request or asked us to slow down. `silent`: nothing,
 * because the call was not made, or its caller gave it too little time, left, or did not read.
 */
export type CircuitOutcome = 'success' | 'failure' | 'answered' | 'silent';

export type CircuitPass =
  | { readonly open: true; readonly retryAfterMs: number }
  | { readonly open: false; readonly settle: (outcome: CircuitOutcome) => void };

export interface CircuitStatus {
  readonly provider: string;
  readonly modelName: string;
  /** `half_open`: the next call is the trial, or the trial is under way. */
  readonly state: 'open' | 'half_open';
  /** When a trial may start; null while half open. */
  readonly retryAt: Date | null;
}

export interface CircuitSettings {
  readonly failures: number;
  readonly openMs: number;
  readonly longestCallMs: number;
  /** Called at each opening, including after a failed trial. */
  readonly onOpen: () => void;
  readonly onRecovery: () => void;
}

/**
 * One circuit breaker. Cockatiel's policy wraps the call, and makes others wait while a trial is in flight. Here a caller asks for a pass
 * before anything is written, and gets an immediate refusal. So the policy hears of a call when it is over, and only a trial runs inside
 * it.
 *
 * An inconclusive trial passes to the next call. It must not close the circuit, because the provider was not seen to answer, nor keep it
 * open any longer.
 */
export class Circuit {
  private readonly policy: CircuitBreakerPolicy;
  private openedAtMs = 0;
  /** The trial that the policy waits for while no call is in flight for it. */
  private vacantTrial: ((outcome: 'success' | 'failure') => void) | null = null;

  constructor(
    private readonly provider: string,
    private readonly modelName: string,
    private readonly settings: CircuitSettings,
  ) {
    this.policy = circuitBreaker(
      handleWhenResult((outcome) => outcome === 'failure'),
      { halfOpenAfter: settings.openMs, breaker: healthyWindow(settings.failures) },
    );
    this.policy.onBreak(() => {
      this.openedAtMs = Date.now();
      settings.onOpen();
    });
    this.policy.onReset(() => settings.onRecovery());
  }

  tryAcquire(): CircuitPass {
    const { openMs } = this.settings;
    switch (this.policy.state) {
      case CircuitState.Closed:
        return { open: false, settle: once((outcome) => this.report(outcome)) };
      case CircuitState.Open:
        if (this.remainingMs() > 0) return { open: true, retryAfterMs: this.remainingMs() };
        return { open: false, settle: this.startTrial() };
      default:
        if (this.vacantTrial !== null) return { open: false, settle: this.holdTrial(this.vacantTrial) };
        // If the trial failed now, this is when the next one would start.
        return { open: true, retryAfterMs: openMs };
    }
  }

  /** Returns null for a closed circuit. */
  status(): CircuitStatus | null {
    const { provider, modelName } = this;
    if (this.policy.state === CircuitState.Closed) return null;
    if (this.policy.state === CircuitState.HalfOpen || this.remainingMs() <= 0) {
      return { provider, modelName, state: 'half_open', retryAt: null };
    }
    return { provider, modelName, state: 'open', retryAt: new Date(this.openedAtMs + this.settings.openMs) };
  }

  /** Returns whether the wall clock, which the policy uses, was set back. The circuit would stay open for that much longer. */
  hasLostTime(): boolean {
    return this.policy.state === CircuitState.Open && this.remainingMs() > this.settings.openMs;
  }

  private remainingMs(): number {
    return this.openedAtMs + this.settings.openMs - Date.now();
  }

  /** Ignores a call that began while the circuit was closed and ends later, because the trial decides. */
  private report(outcome: CircuitOutcome): void {
    if (outcome === 'answered' || outcome === 'silent' || this.policy.state !== CircuitState.Closed) return;
    void this.policy.execute(() => outcome);
  }

  private startTrial(): (outcome: CircuitOutcome) => void {
    let end: (outcome: 'success' | 'failure') => void = () => undefined;
    const ended = new Promise<'success' | 'failure'>((resolve) => (end = resolve));
    // Rejects only if the clock was set back in the meantime, which `hasLostTime` handles.
    this.policy.execute(() => ended).catch(() => undefined);
    return this.holdTrial(end);
  }

  private holdTrial(end: (outcome: 'success' | 'failure') => void): (outcome: CircuitOutcome) => void {
    this.vacantTrial = null;
    const settle = once((outcome) => {
      clearTimeout(limit);
      if (outcome === 'silent') this.vacantTrial = end;
      // A vendor that refuses a request, or asks us to slow down, is up.
      else end(outcome === 'failure' ? 'failure' : 'success');
    });
    const limit = setTimeout(() => settle('failure'), this.settings.longestCallMs);
    limit.unref();
    return settle;
  }
}

/**
 * Opens at `failures` failures among twice as many calls. It starts full of successes, or the first few calls would decide: the breaker's
 * own minimum counts calls, not failures.
 */
function healthyWindow(failures: number): CountBreaker {
  const size = 2 * failures;
  // Half a failure less than wanted, because the breaker compares with "more than".
  const breaker = new CountBreaker({ size, threshold: (failures - 0.5) / size });
  for (let call = 0; call < size; call += 1) breaker.success(CircuitState.Closed);
  return breaker;
}

function once(settle: (outcome: CircuitOutcome) => void): (outcome: CircuitOutcome) => void {
  let settled = false;
  return (outcome) => {
    if (settled) return;
    settled = true;
    settle(outcome);
  };
}
