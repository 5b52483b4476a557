import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  handleWhenResult,
} from 'cockatiel';

/**
 * The lesson of one call about the provider. `answered`: it is there, though it refused the request or asked us to slow down.
 * `silent`: nothing, because the call was not made, or its caller gave it too little time, left, or did not read.
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
  /** When a trial may be made; null while half open. */
  readonly retryAt: Date | null;
}

export interface CircuitSettings {
  readonly failures: number;
  readonly openMs: number;
  readonly longestCallMs: number;
  /** At each opening, also after a failed trial. */
  readonly onOpen: () => void;
  readonly onRecovery: () => void;
}

/**
 * One breaker. Cockatiel's policy wants to wrap the call, and while a trial is under way it lets others wait for its end; here a pass
 * is asked for before anything is written, and refused at once. So the policy hears of a call when it is over, and only a trial is held
 * inside it.
 *
 * A trial that says nothing is handed to the next call: it must neither close the circuit, because the provider was not seen to answer,
 * nor keep it open any longer.
 */
export class Circuit {
  private readonly policy: CircuitBreakerPolicy;
  private openedAtMs = 0;
  /** The trial that the policy waits for while no call is being made for it. */
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
        // If the trial failed now, the next one would be so far away.
        return { open: true, retryAfterMs: openMs };
    }
  }

  /** Null when it is closed. */
  status(): CircuitStatus | null {
    const { provider, modelName } = this;
    if (this.policy.state === CircuitState.Closed) return null;
    if (this.policy.state === CircuitState.HalfOpen || this.remainingMs() <= 0) {
      return { provider, modelName, state: 'half_open', retryAt: null };
    }
    return { provider, modelName, state: 'open', retryAt: new Date(this.openedAtMs + this.settings.openMs) };
  }

  /** The policy goes by the wall clock; when that was set back, it would stay open for as long. */
  hasLostTime(): boolean {
    return this.policy.state === CircuitState.Open && this.remainingMs() > this.settings.openMs;
  }

  private remainingMs(): number {
    return this.openedAtMs + this.settings.openMs - Date.now();
  }

  /** Ignores a call that began while the circuit was closed and ends later: the trial decides. */
  private report(outcome: CircuitOutcome): void {
    if (outcome === 'answered' || outcome === 'silent' || this.policy.state !== CircuitState.Closed) return;
    void this.policy.execute(() => outcome);
  }

  private startTrial(): (outcome: CircuitOutcome) => void {
    let end: (outcome: 'success' | 'failure') => void = () => undefined;
    const ended = new Promise<'success' | 'failure'>((resolve) => (end = resolve));
    // It rejects only when the clock was set back since we looked; then `hasLostTime` sees to it.
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
 * Opens at `failures` failures among twice as many calls. It begins full of successes, for else the few first calls
 * would be the measure: the breaker's own minimum is one of calls, not of failures.
 */
function healthyWindow(failures: number): CountBreaker {
  const size = 2 * failures;
  // More than half a failure less than wanted: the breaker compares with "more than".
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
